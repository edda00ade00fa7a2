; The installer for Windows: Inno Setup 6.3 or later, called by packaging/build_packages.py as
;   iscc /DVersion=… /O… asr-desktop.iss
; after PyInstaller has made dist\asr-desktop. The version has no second place here.

#ifndef Version
  #error Call this with /DVersion=, as packaging/build_packages.py does.
#endif
#define Name "ASR Desktop"
#define Program "asr-desktop.exe"

[Setup]
AppId={{2C9E23B5-31AB-496D-B23F-F7FF68390F44}
AppName={#Name}
AppVersion={#Version}
AppVerName={#Name} {#Version}
AppPublisher=ASR Desktop contributors
VersionInfoVersion={#Version}
DefaultDirName={autopf}\{#Name}
DefaultGroupName={#Name}
DisableProgramGroupPage=yes
UninstallDisplayIcon={app}\{#Program}
OutputBaseFilename=ASR-Desktop-{#Version}-setup
SourceDir=..\..
SetupIconFile=build\package\icons\asr-desktop.ico
LicenseFile=LICENSE
Compression=lzma2/normal
SolidCompression=yes
WizardStyle=modern
; For oneself without an administrator, or for everybody with one.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
CloseApplications=yes
ChangesAssociations=yes

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "de"; MessagesFile: "compiler:Languages\German.isl"

[CustomMessages]
en.OpenWith=Transcribe with ASR Desktop
de.OpenWith=Mit ASR Desktop in Text umsetzen

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; GroupDescription: "{cm:AdditionalIcons}"; Flags: unchecked

[InstallDelete]
; Libraries of an earlier version would be found before those of this one.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "dist\asr-desktop\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{group}\{#Name}"; Filename: "{app}\{#Program}"
Name: "{autodesktop}\{#Name}"; Filename: "{app}\{#Program}"; Tasks: desktopicon

[Registry]
; "Open with" for sound and video; what a double click opens stays as it was.
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe"; ValueType: string; ValueName: "FriendlyAppName"; ValueData: "{#Name}"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\shell\open"; ValueType: string; ValueName: "FriendlyAppName"; ValueData: "{cm:OpenWith}"
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\shell\open\command"; ValueType: string; ValueData: """{app}\{#Program}"" ""%1"""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".3g2"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".3gp"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".aac"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".ac3"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".aif"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".aifc"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".aiff"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".al"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".alaw"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".amr"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".ape"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".asf"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".au"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".avi"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".awb"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".caf"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".dss"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".flac"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".flv"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".m2ts"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".m4a"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".m4b"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".m4v"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".mka"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".mkv"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".mov"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".mp2"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".mp3"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".mp4"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".mpeg"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".mpg"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".mts"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".oga"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".ogg"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".ogv"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".opus"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".pcma"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".pcmu"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".ra"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".rf64"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".snd"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".spx"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".ts"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".tta"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".ul"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".ulaw"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".vob"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".voc"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".w64"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".wav"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".weba"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".webm"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".wma"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".wmv"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\asr-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".wv"; ValueData: ""
; `asr-desktop` in the Run dialog.
Root: HKA; Subkey: "Software\Microsoft\Windows\CurrentVersion\App Paths\asr-desktop.exe"; ValueType: string; ValueData: "{app}\{#Program}"; Flags: uninsdeletekey

[Run]
Filename: "{app}\{#Program}"; Description: "{cm:LaunchProgram,{#Name}}"; Flags: nowait postinstall skipifsilent
