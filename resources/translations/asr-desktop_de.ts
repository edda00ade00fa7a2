<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
    <context>
        <name>AboutCard</name>
        <message>
            <source>About ASR Desktop</source>
            <translation>Über ASR Desktop</translation>
        </message>
        <message>
            <source>Version {version}, {day}</source>
            <translation>Version {version}, {day}</translation>
        </message>
        <message>
            <source>Licenses…</source>
            <translation>Lizenzen…</translation>
        </message>
    </context>
    <context>
        <name>AlternativesMenu</name>
        <message>
            <source>Doubtful word</source>
            <translation>Zweifelhaftes Wort</translation>
        </message>
        <message>
            <source>“{word}” is correct</source>
            <translation>„{word}“ stimmt</translation>
        </message>
        <message>
            <source>Listening again…</source>
            <translation>Wird noch einmal angehört …</translation>
        </message>
        <message>
            <source>Play again</source>
            <translation>Noch einmal abspielen</translation>
        </message>
        <message>
            <source>Next doubtful word</source>
            <translation>Nächstes zweifelhaftes Wort</translation>
        </message>
        <message>
            <source>Confidence in this word: {percent}%</source>
            <translation>Sicherheit bei diesem Wort: {percent} %</translation>
        </message>
        <message>
            <source>Delete word</source>
            <translation>Wort löschen</translation>
        </message>
        <message>
            <source>No suggestions</source>
            <translation>Keine anderen Vorschläge</translation>
        </message>
    </context>
    <context>
        <name>AppContext</name>
        <message>
            <source>The words learned from your texts are in a different language from this model, so they are not used.</source>
            <translation>Was aus Ihren Texten gelernt wurde, ist in einer anderen Sprache als dieses Modell: Es wird nicht verwendet.</translation>
        </message>
    </context>
    <context>
        <name>CaptionOverlay</name>
        <message>
            <source>Captions</source>
            <translation>Untertitel</translation>
        </message>
        <message>
            <source>Captions over other windows</source>
            <translation>Untertitel über anderen Fenstern</translation>
        </message>
        <message>
            <source>Smaller text</source>
            <translation>Kleinere Schrift</translation>
        </message>
        <message>
            <source>Larger text</source>
            <translation>Größere Schrift</translation>
        </message>
        <message>
            <source>Close captions</source>
            <translation>Untertitel schließen</translation>
        </message>
        <message>
            <source>Drag to move, drag the corner to resize, press Esc to close.</source>
            <translation>Ziehen verschiebt, die Ecke ändert die Größe, Esc schließt.</translation>
        </message>
        <message>
            <source>Captions appear here</source>
            <translation>Hier erscheinen Untertitel</translation>
        </message>
        <message>
            <source>Let clicks through</source>
            <translation>Klicks durchlassen</translation>
        </message>
        <message>
            <source>Clicks now go through the captions, so you cannot move or close them with the mouse.</source>
            <translation>Klicks gehen jetzt durch die Untertitel hindurch: Mit der Maus lassen sie sich weder verschieben noch schließen.</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Rückgängig</translation>
        </message>
    </context>
    <context>
        <name>CaptionView</name>
        <message>
            <source>Captions</source>
            <translation>Untertitel</translation>
        </message>
        <message>
            <source>Marker</source>
            <translation>Marke</translation>
        </message>
    </context>
    <context>
        <name>CorrectionWindow</name>
        <message>
            <source>Correct dictation</source>
            <translation>Diktat korrigieren</translation>
        </message>
        <message>
            <source>Text</source>
            <translation>Schrift</translation>
        </message>
        <message>
            <source>Play</source>
            <translation>Abspielen</translation>
        </message>
        <message>
            <source>Listening again…</source>
            <translation>Wird noch einmal angehört …</translation>
        </message>
        <message>
            <source>Other guesses</source>
            <translation>Andere Vorschläge</translation>
        </message>
        <message>
            <source>Replace</source>
            <translation>Ersetzen</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>Dictations are not kept, so there is no audio to learn from.</source>
            <translation>Diktate werden nicht behalten, daher gibt es keine Aufnahme, aus der gelernt werden kann.</translation>
        </message>
        <message>
            <source>The audio is missing.</source>
            <translation>Die Aufnahme fehlt.</translation>
        </message>
        <message>
            <source>No suggestions</source>
            <translation>Keine anderen Vorschläge</translation>
        </message>
        <message>
            <source>Playing…</source>
            <translation>Wiedergabe …</translation>
        </message>
        <message>
            <source>Listen for “{word}”</source>
            <translation>Auf „{word}“ achten</translation>
        </message>
        <message>
            <source>Always write “{after}” in place of “{before}”</source>
            <translation>Immer „{after}“ statt „{before}“ schreiben</translation>
        </message>
    </context>
    <context>
        <name>DeviceBox</name>
        <message>
            <source>Microphone</source>
            <translation>Mikrofon</translation>
        </message>
        <message>
            <source>Audio input</source>
            <translation>Was aufgenommen wird</translation>
        </message>
        <message>
            <source>Looking for microphones…</source>
            <translation>Mikrofone werden gesucht …</translation>
        </message>
        <message>
            <source>No microphone found</source>
            <translation>Kein Mikrofon gefunden</translation>
        </message>
        <message>
            <source>System default ({device})</source>
            <translation>Standard des Systems ({device})</translation>
        </message>
        <message>
            <source>System default</source>
            <translation>Standard des Systems</translation>
        </message>
        <message>
            <source>System audio: {device}</source>
            <translation>Ton dieses Computers: {device}</translation>
        </message>
        <message>
            <source>{device} (disconnected)</source>
            <translation>{device} (nicht angeschlossen)</translation>
        </message>
    </context>
    <context>
        <name>DictationCard</name>
        <message>
            <source>Dictation in other programs</source>
            <translation>Diktieren in anderen Programmen</translation>
        </message>
        <message>
            <source>Dictate</source>
            <translation>Diktieren</translation>
        </message>
        <message>
            <source>Cancel dictation</source>
            <translation>Diktat abbrechen</translation>
        </message>
        <message>
            <source>Correct last dictation</source>
            <translation>Letztes Diktat korrigieren</translation>
        </message>
        <message>
            <source>Choose in the desktop…</source>
            <translation>Im Desktop wählen …</translation>
        </message>
        <message>
            <source>This desktop decides on shortcuts of programs.</source>
            <translation>Dieser Desktop bestimmt die Tastenkürzel von Programmen.</translation>
        </message>
        <message>
            <source>Hold to talk, or press to start and stop</source>
            <translation>Halten zum Sprechen, oder kurz drücken</translation>
        </message>
        <message>
            <source>Hold to talk</source>
            <translation>Halten zum Sprechen</translation>
        </message>
        <message>
            <source>Press to start and stop</source>
            <translation>Drücken zum Starten und Stoppen</translation>
        </message>
        <message>
            <source>Shortcut works as</source>
            <translation>Tastenkürzel</translation>
        </message>
        <message>
            <source>Automatic</source>
            <translation>Automatisch</translation>
        </message>
        <message>
            <source>Typing</source>
            <translation>Tippen</translation>
        </message>
        <message>
            <source>Pasting (the clipboard is restored)</source>
            <translation>Einfügen (die Zwischenablage wird wiederhergestellt)</translation>
        </message>
        <message>
            <source>Insert text by</source>
            <translation>Text einfügen durch</translation>
        </message>
        <message>
            <source>Other ways for some programs</source>
            <translation>Andere Wege für einzelne Programme</translation>
        </message>
        <message>
            <source>One per line, for example
code=paste
xterm=type</source>
            <translation>Eines pro Zeile, zum Beispiel
code=paste
xterm=type</translation>
        </message>
        <message>
            <source>Keep the microphone open, so that no first word is cut off</source>
            <translation>Mikrofon offen halten, damit kein erstes Wort abgeschnitten wird</translation>
        </message>
        <message>
            <source>Your desktop then shows the microphone as in use. Only the last second is remembered.</source>
            <translation>Der Desktop zeigt das Mikrofon dann als benutzt an. Nur die letzte Sekunde wird gemerkt.</translation>
        </message>
        <message>
            <source>Keep dictations in the library</source>
            <translation>Diktate in der Bibliothek behalten</translation>
        </message>
        <message>
            <source>Spoken commands, such as “new line”</source>
            <translation>Gesprochene Befehle, etwa „neue Zeile“</translation>
        </message>
        <message>
            <source>Commands also in the middle of a sentence</source>
            <translation>Befehle auch mitten im Satz</translation>
        </message>
        <message>
            <source>Your own commands</source>
            <translation>Eigene Befehle</translation>
        </message>
        <message>
            <source>One per line, for example
best regards=Best regards,\nAda
send it=key:Ctrl+Return</source>
            <translation>Einer pro Zeile, zum Beispiel
viele Grüße=Viele Grüße\nAda
abschicken=key:Ctrl+Return</translation>
        </message>
        <message>
            <source>None</source>
            <translation>Keine</translation>
        </message>
    </context>
    <context>
        <name>DictationController</name>
        <message>
            <source>A recording is in progress. Stop it, then dictate.</source>
            <translation>Eine Aufnahme läuft. Beenden Sie sie, dann diktieren Sie.</translation>
        </message>
        <message>
            <source>Nothing has been dictated yet.</source>
            <translation>Es wurde noch nichts diktiert.</translation>
        </message>
        <message>
            <source>Dictation</source>
            <translation>Diktat</translation>
        </message>
    </context>
    <context>
        <name>DictationKeys</name>
        <message>
            <source>Dictate</source>
            <translation>Diktieren</translation>
        </message>
        <message>
            <source>Cancel dictation</source>
            <translation>Diktat abbrechen</translation>
        </message>
        <message>
            <source>Correct last dictation</source>
            <translation>Letztes Diktat korrigieren</translation>
        </message>
    </context>
    <context>
        <name>DictationOverlay</name>
        <message>
            <source>Dictation</source>
            <translation>Diktat</translation>
        </message>
        <message>
            <source>Wait…</source>
            <translation>Warten…</translation>
        </message>
        <message>
            <source>Speak now</source>
            <translation>Jetzt sprechen</translation>
        </message>
        <message>
            <source>Paused</source>
            <translation>Angehalten</translation>
        </message>
        <message>
            <source>Finishing…</source>
            <translation>Wird beendet …</translation>
        </message>
        <message>
            <source>{reason} Your text is kept here.</source>
            <translation>{reason} Ihr Text bleibt hier.</translation>
        </message>
        <message>
            <source>Further texts that wait: {count}</source>
            <translation>Weitere wartende Texte: {count}</translation>
        </message>
    </context>
    <context>
        <name>DropArea</name>
        <message>
            <source>Drop audio or video files here</source>
            <translation>Ton- oder Videodateien hier ablegen</translation>
        </message>
        <message>
            <source>Or whole folders. Each file becomes a transcript in the Library with word timestamps, plus the documents or subtitles you choose. Nothing leaves this computer.</source>
            <translation>Oder ganze Ordner. Aus jeder Datei wird ein Text in der Bibliothek, mit der Zeit jedes Wortes, dazu die Dokumente oder Untertitel, die Sie wählen. Nichts verlässt diesen Rechner.</translation>
        </message>
        <message>
            <source>Choose files</source>
            <translation>Dateien wählen</translation>
        </message>
        <message>
            <source>Choose a folder</source>
            <translation>Ordner wählen</translation>
        </message>
    </context>
    <context>
        <name>EditorCommands</name>
        <message>
            <source>Confirmed: the model can learn from it.</source>
            <translation>Bestätigt: Das Modell kann daraus lernen.</translation>
        </message>
        <message>
            <source>As it was spoken.</source>
            <translation>Wie gesprochen.</translation>
        </message>
        <message>
            <source>In its written form.</source>
            <translation>In geschriebener Form.</translation>
        </message>
        <message>
            <source>Copied with time and speaker.</source>
            <translation>Mit Zeit und Sprecher kopiert.</translation>
        </message>
    </context>
    <context>
        <name>EditorDoubts</name>
        <message>
            <source>{count} doubtful</source>
            <translation>{count} zweifelhaft</translation>
        </message>
        <message>
            <source>Words: {words} · {doubtful}</source>
            <translation>Wörter: {words} · {doubtful}</translation>
        </message>
        <message>
            <source>none doubtful</source>
            <translation>keines zweifelhaft</translation>
        </message>
        <message>
            <source>No doubtful words left.</source>
            <translation>Es gibt keine zweifelhaften Wörter mehr.</translation>
        </message>
        <message>
            <source>No suggestions without the audio</source>
            <translation>Ohne den Ton keine anderen Vorschläge</translation>
        </message>
        <message>
            <source>In text order</source>
            <translation>In der Reihenfolge des Textes</translation>
        </message>
        <message>
            <source>Least certain first</source>
            <translation>Die unsichersten zuerst</translation>
        </message>
    </context>
    <context>
        <name>EditorExport</name>
        <message>
            <source>Exported to {path}</source>
            <translation>Exportiert nach {path}</translation>
        </message>
    </context>
    <context>
        <name>EditorKeys</name>
        <message>
            <source>Assign speaker {number}</source>
            <translation>Sprecher {number} zuweisen</translation>
        </message>
        <message>
            <source>Play or pause</source>
            <translation>Abspielen oder anhalten</translation>
        </message>
        <message>
            <source>Skip back</source>
            <translation>Etwas zurück</translation>
        </message>
        <message>
            <source>Skip forward</source>
            <translation>Etwas weiter</translation>
        </message>
        <message>
            <source>Slower</source>
            <translation>Langsamer</translation>
        </message>
        <message>
            <source>Faster</source>
            <translation>Schneller</translation>
        </message>
        <message>
            <source>Play from cursor</source>
            <translation>Ab der Schreibmarke abspielen</translation>
        </message>
        <message>
            <source>Play segment</source>
            <translation>Diesen Abschnitt abspielen</translation>
        </message>
        <message>
            <source>Repeat segment</source>
            <translation>Diesen Abschnitt wiederholen</translation>
        </message>
        <message>
            <source>Go to time</source>
            <translation>Zu einer Zeit gehen</translation>
        </message>
        <message>
            <source>Next marker</source>
            <translation>Nächste Marke</translation>
        </message>
        <message>
            <source>Next doubtful word</source>
            <translation>Nächstes zweifelhaftes Wort</translation>
        </message>
        <message>
            <source>Suggestions for this word</source>
            <translation>Andere Vorschläge für dieses Wort</translation>
        </message>
        <message>
            <source>Mark word as correct</source>
            <translation>Dieses Wort stimmt</translation>
        </message>
        <message>
            <source>Confirm and go to next segment</source>
            <translation>Abschnitt bestätigen und zum nächsten</translation>
        </message>
        <message>
            <source>Accept and go to next segment</source>
            <translation>Übernehmen und zum nächsten Abschnitt</translation>
        </message>
        <message>
            <source>Accept and go to previous segment</source>
            <translation>Übernehmen und zum vorigen Abschnitt</translation>
        </message>
        <message>
            <source>Split segment at cursor</source>
            <translation>Abschnitt an der Schreibmarke teilen</translation>
        </message>
        <message>
            <source>Join with next segment</source>
            <translation>Mit dem nächsten Abschnitt verbinden</translation>
        </message>
        <message>
            <source>Delete segment</source>
            <translation>Abschnitt löschen</translation>
        </message>
        <message>
            <source>Another speaker from cursor</source>
            <translation>Anderer Sprecher ab Cursor</translation>
        </message>
        <message>
            <source>Name speaker</source>
            <translation>Sprecher benennen</translation>
        </message>
        <message>
            <source>All speakers</source>
            <translation>Alle Sprecher</translation>
        </message>
        <message>
            <source>Capital or small letter</source>
            <translation>Groß- oder Kleinbuchstabe</translation>
        </message>
        <message>
            <source>Full stop and next capital</source>
            <translation>Punkt und danach groß</translation>
        </message>
        <message>
            <source>Spoken or written form</source>
            <translation>Gesprochene oder geschriebene Form</translation>
        </message>
        <message>
            <source>Copy with time and speaker</source>
            <translation>Mit Zeit und Sprecher kopieren</translation>
        </message>
        <message>
            <source>Find and replace</source>
            <translation>Suchen und ersetzen</translation>
        </message>
        <message>
            <source>Find next</source>
            <translation>Nächste Stelle suchen</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Rückgängig</translation>
        </message>
        <message>
            <source>Redo</source>
            <translation>Wiederholen</translation>
        </message>
        <message>
            <source>Save</source>
            <translation>Jetzt speichern</translation>
        </message>
        <message>
            <source>Export</source>
            <translation>Exportieren</translation>
        </message>
        <message>
            <source>Subtitle view</source>
            <translation>Als Untertitel zeigen</translation>
        </message>
        <message>
            <source>Zoom in</source>
            <translation>Vergrößern</translation>
        </message>
        <message>
            <source>Zoom out</source>
            <translation>Verkleinern</translation>
        </message>
    </context>
    <context>
        <name>EditorMarkers</name>
        <message>
            <source>This recording has no markers.</source>
            <translation>In dieser Aufnahme wurde kein Augenblick markiert.</translation>
        </message>
        <message>
            <source>Marker {number} of {count}</source>
            <translation>Marke {number} von {count}</translation>
        </message>
    </context>
    <context>
        <name>EditorPage</name>
        <message>
            <source>Opening…</source>
            <translation>Einen Moment …</translation>
        </message>
        <message>
            <source>The transcript is loading.</source>
            <translation>Das Transkript wird geöffnet.</translation>
        </message>
        <message>
            <source>Transcript</source>
            <translation>Transkript</translation>
        </message>
        <message>
            <source>The audio of this transcript is missing; you can still edit the text.</source>
            <translation>Der Ton dieses Transkripts ist nicht mehr da; der Text lässt sich auch ohne ihn korrigieren.</translation>
        </message>
        <message>
            <source>New words keep estimated timestamps. {reason}</source>
            <translation>Neue Wörter behalten geschätzte Zeiten. {reason}</translation>
        </message>
    </context>
    <context>
        <name>EditorPanes</name>
        <message>
            <source>Teach the model</source>
            <translation>Modell anlernen</translation>
        </message>
        <message>
            <source>Speed ({slower}, {faster})</source>
            <translation>Geschwindigkeit ({slower}, {faster})</translation>
        </message>
        <message>
            <source>{play} play or pause · {back} skip back · Enter accepts · Esc cancels typing</source>
            <translation>{play} Wiedergabe · {back} zurück · Enter übernimmt · Esc verwirft Text</translation>
        </message>
        <message>
            <source>Saved</source>
            <translation>Gespeichert</translation>
        </message>
        <message>
            <source>Edited; saves automatically</source>
            <translation>Geändert; wird von selbst gespeichert</translation>
        </message>
        <message>
            <source>Not saved</source>
            <translation>Nicht gespeichert</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Rückgängig</translation>
        </message>
        <message>
            <source>Redo</source>
            <translation>Wiederholen</translation>
        </message>
        <message>
            <source>Find and replace</source>
            <translation>Suchen und ersetzen</translation>
        </message>
        <message>
            <source>Subtitle view</source>
            <translation>Als Untertitel zeigen</translation>
        </message>
        <message>
            <source>Use my corrections to teach the model</source>
            <translation>Mit meinen Korrekturen das Modell anlernen</translation>
        </message>
        <message>
            <source>Export</source>
            <translation>Exportieren</translation>
        </message>
        <message>
            <source>Next doubtful word</source>
            <translation>Nächstes zweifelhaftes Wort</translation>
        </message>
        <message>
            <source>Order of doubtful words</source>
            <translation>In welcher Reihenfolge zweifelhafte Wörter kommen</translation>
        </message>
        <message>
            <source>Next marker</source>
            <translation>Nächste Marke</translation>
        </message>
        <message>
            <source>All speakers</source>
            <translation>Alle Sprecher</translation>
        </message>
    </context>
    <context>
        <name>EditorPlaying</name>
        <message>
            <source>Go to time</source>
            <translation>Zu einer Zeit gehen</translation>
        </message>
        <message>
            <source>Hours, minutes and seconds, such as 1:02:03, or just 2:03</source>
            <translation>Stunden, Minuten und Sekunden, etwa 1:02:03 oder nur 2:03</translation>
        </message>
        <message>
            <source>“{text}” is not a valid time.</source>
            <translation>„{text}“ ist keine Zeit.</translation>
        </message>
    </context>
    <context>
        <name>EditorSaving</name>
        <message>
            <source>Unsaved corrections from last time were restored. Use Undo to discard them.</source>
            <translation>Korrekturen, die beim Ende des Programms nicht gespeichert waren, wurden wiederhergestellt; „Rückgängig“ nimmt sie zurück.</translation>
        </message>
    </context>
    <context>
        <name>EditorSearching</name>
        <message>
            <source>{count} replaced; Undo reverts all of them.</source>
            <translation>{count} ersetzt; „Rückgängig“ nimmt alles zurück.</translation>
        </message>
    </context>
    <context>
        <name>EditorSpeakers</name>
        <message>
            <source>{name} speaks from here on. Alt and a digit names somebody else.</source>
            <translation>Ab hier spricht {name}. Alt und eine Ziffer nennen jemand anderen.</translation>
        </message>
        <message>
            <source>{name}. Press {key} again for the rest of the turn.</source>
            <translation>{name}. {key} noch einmal drücken für den Rest des Redebeitrags.</translation>
        </message>
        <message>
            <source>{name}. Press {key} again for all later segments of {former}.</source>
            <translation>{name}. {key} noch einmal drücken für alle späteren Abschnitte von {former}.</translation>
        </message>
        <message>
            <source>Later segments of {former}: {count}. Are they said by {name} too?</source>
            <translation>Spätere Abschnitte von {former}: {count}. Spricht auch dort {name}?</translation>
        </message>
        <message>
            <source>Change all</source>
            <translation>Alle ändern</translation>
        </message>
        <message>
            <source>{time} in {count} segments</source>
            <translation>{time} in {count} Abschnitten</translation>
        </message>
    </context>
    <context>
        <name>EditorTeaching</name>
        <message>
            <source>The model learns from audio, and the audio of this transcript is missing.</source>
            <translation>Das Modell lernt vom Ton, und der ist nicht mehr da.</translation>
        </message>
        <message>
            <source>Comparing the corrections with the audio…</source>
            <translation>Die Korrekturen werden mit dem Ton verglichen …</translation>
        </message>
        <message>
            <source>Go to Voice</source>
            <translation>Zur Seite „Stimme“</translation>
        </message>
    </context>
    <context>
        <name>EditorVoices</name>
        <message>
            <source>Remember this voice</source>
            <translation>Diese Stimme merken</translation>
        </message>
        <message>
            <source>Remember the voice of {name}?</source>
            <translation>Die Stimme von {name} merken?</translation>
        </message>
        <message>
            <source>New transcripts then name this speaker automatically. The voiceprint is stored only on this computer and is never exported. You can delete it in the Settings.</source>
            <translation>Neue Transkripte nennen diesen Sprecher dann automatisch. Das Stimmprofil wird nur auf diesem Computer gespeichert und nie exportiert. Sie können es in den Einstellungen löschen.</translation>
        </message>
        <message>
            <source>Remember</source>
            <translation>Merken</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>Listening to the voice of {name}…</source>
            <translation>Die Stimme von {name} wird angehört …</translation>
        </message>
        <message>
            <source>The voice of {name} is remembered.</source>
            <translation>Die Stimme von {name} ist gemerkt.</translation>
        </message>
    </context>
    <context>
        <name>Engine</name>
        <message>
            <source>"{device}" records only silence: check its mute switch and whether this program may use the microphone.</source>
            <translation>„{device}“ liefert nur Stille: Prüfen Sie den Stummschalter, und ob dieses Programm das Mikrofon benutzen darf.</translation>
        </message>
        <message>
            <source>"{device}" {why}; everything so far is saved: plug it in again{offer}.</source>
            <translation>„{device}“ {why}, alles bisher ist gesichert: Stecken Sie es wieder ein{offer}.</translation>
        </message>
        <message>
            <source>"{format}" is not an export format</source>
            <translation>„{format}“ ist kein Exportformat</translation>
        </message>
        <message>
            <source>"{parent}" already has too many sessions from this second: choose another folder.</source>
            <translation>„{parent}“ ist voller Aufnahmen dieser Sekunde: Wählen Sie einen anderen Ordner.</translation>
        </message>
        <message>
            <source>"{wanted}" matches several inputs: choose one of {inputs}.</source>
            <translation>„{wanted}“ passt auf mehrere Eingänge; wählen Sie einen von ihnen: {inputs}.</translation>
        </message>
        <message>
            <source>, or choose another input ({others})</source>
            <translation>, oder wählen Sie einen anderen Eingang ({others})</translation>
        </message>
        <message>
            <source>--ray needs Ray: install the program with its extra “cluster” on each of the machines.</source>
            <translation>--ray benötigt Ray: Installieren Sie das Programm auf jedem der Rechner mit der Erweiterung „cluster“.</translation>
        </message>
        <message>
            <source>A command needs the form "phrase=text" or "phrase=key:Ctrl+Return": {entry}</source>
            <translation>Ein Befehl braucht die Form „Wendung=Text“ oder „Wendung=key:Ctrl+Return“: {entry}</translation>
        </message>
        <message>
            <source>A hotword needs text, such as "Ronicky Drew" or "Ronicky Drew:12".</source>
            <translation>Ein Name oder eine Wendung braucht einen Text, etwa „Ronicky Drew“ oder „Ronicky Drew:12“.</translation>
        </message>
        <message>
            <source>A key such as Ctrl or Alt is being held down.</source>
            <translation>Eine Taste wie Strg oder Alt wird gehalten.</translation>
        </message>
        <message>
            <source>A library entry needs a name: type at least one letter.</source>
            <translation>Ein Eintrag der Bibliothek braucht einen Namen: Geben Sie mindestens einen Buchstaben ein.</translation>
        </message>
        <message>
            <source>A machine of the cluster has no ASR Desktop: install the program on all of them.</source>
            <translation>Auf einem Rechner des Clusters fehlt ASR Desktop: Installieren Sie das Programm auf allen.</translation>
        </message>
        <message>
            <source>A model cannot be named “{name}”; use a short name without slashes, colons or a leading dot.</source>
            <translation>Ein Modell kann nicht „{name}“ heißen; nehmen Sie einen kurzen Namen ohne Schrägstriche, Doppelpunkte oder Punkt am Anfang.</translation>
        </message>
        <message>
            <source>A model {name} already exists; choose another name with --name.</source>
            <translation>Es gibt schon ein Modell {name}; wählen Sie mit --name einen anderen Namen.</translation>
        </message>
        <message>
            <source>A model {name} already exists; remove it first, or choose another name (--name).</source>
            <translation>Es gibt schon ein Modell {name}; entfernen Sie es zuerst oder wählen Sie einen anderen Namen (--name).</translation>
        </message>
        <message>
            <source>A replacement needs the form "spoken=written", such as "open source=open-source".</source>
            <translation>Eine Ersetzung braucht die Form „gesprochen=geschrieben“, etwa „e mail=E-Mail“.</translation>
        </message>
        <message>
            <source>A subtitle line needs room for at least 2 characters; raise the line length.</source>
            <translation>Eine Untertitelzeile braucht Platz für mindestens 2 Zeichen; erhöhen Sie die Zeilenlänge.</translation>
        </message>
        <message>
            <source>A subtitle needs at least 1 line; raise the number of lines.</source>
            <translation>Ein Untertitel braucht mindestens 1 Zeile; erhöhen Sie die Zahl der Zeilen.</translation>
        </message>
        <message>
            <source>A {model_type} network does not support gradient checkpointing; remove optimisation.gradient_checkpointing, and use smaller batches.seconds instead.</source>
            <translation>Ein {model_type}-Netz kann kein „gradient checkpointing“; lassen Sie optimisation.gradient_checkpointing weg und nehmen Sie stattdessen ein kleineres batches.seconds.</translation>
        </message>
        <message>
            <source>Address already in use</source>
            <translation>Die Adresse wird schon verwendet</translation>
        </message>
        <message>
            <source>Address family not supported by protocol</source>
            <translation>Diese Art von Adresse wird nicht unterstützt</translation>
        </message>
        <message>
            <source>Another large network of the same accuracy on clean speech.</source>
            <translation>Ein anderes großes Netz, bei klarer Sprache ebenso genau.</translation>
        </message>
        <message>
            <source>Another program is repairing the library: try again when it has finished.</source>
            <translation>Ein anderes Programm repariert gerade die Bibliothek: Versuchen Sie es danach noch einmal.</translation>
        </message>
        <message>
            <source>Another program is writing an archive to {folder}: wait for it, or choose another --output-dir.</source>
            <translation>Ein anderes Programm schreibt gerade ein Archiv nach {folder}: Warten Sie darauf, oder wählen Sie ein anderes --output-dir.</translation>
        </message>
        <message>
            <source>Another program uses {key} already; choose another shortcut.</source>
            <translation>Ein anderes Programm benutzt {key} schon; wählen Sie ein anderes Tastenkürzel.</translation>
        </message>
        <message>
            <source>Another user has {folder} open; use another data folder (ASR_DESKTOP_HOME), or wait.</source>
            <translation>Ein anderer Benutzer hat das Fenster von {folder} offen; nehmen Sie einen anderen Datenordner (ASR_DESKTOP_HOME) oder warten Sie.</translation>
        </message>
        <message>
            <source>Another user's program is using {address} instead of this window; quit it, or delete that file, and start again.</source>
            <translation>Unter {address} antwortet anstelle des Fensters ein Programm eines anderen Benutzers; beenden Sie es oder entfernen Sie die Datei, und starten Sie noch einmal.</translation>
        </message>
        <message>
            <source>Another window is in front now.</source>
            <translation>Jetzt ist ein anderes Fenster vorn.</translation>
        </message>
        <message>
            <source>Arabic</source>
            <translation>Arabisch</translation>
        </message>
        <message>
            <source>As fast as wav2vec2-base and more accurate.</source>
            <translation>So schnell wie wav2vec2-base und genauer.</translation>
        </message>
        <message>
            <source>Audio track {track} of {name} is in a format that FFmpeg cannot decode: convert the file to WAV, MP3 or M4A.</source>
            <translation>Tonspur {track} von {name} hat ein Format, das FFmpeg nicht lesen kann: Wandeln Sie die Datei in WAV, MP3 oder M4A um.</translation>
        </message>
        <message>
            <source>Audio track {track} of {name} is silent: choose another of its tracks, {others}.</source>
            <translation>Tonspur {track} von {name} ist stumm: Wählen Sie eine andere ihrer Spuren, {others}.</translation>
        </message>
        <message>
            <source>Broken pipe</source>
            <translation>die Gegenseite ist weg</translation>
        </message>
        <message>
            <source>By the National Library of Sweden, trained on radio broadcasts, NST and Common Voice.</source>
            <translation>Von der Schwedischen Nationalbibliothek, aus Radiosendungen, NST und Common Voice.</translation>
        </message>
        <message>
            <source>Cannot allocate memory</source>
            <translation>zu wenig Arbeitsspeicher</translation>
        </message>
        <message>
            <source>Cannot assign requested address</source>
            <translation>Diese Adresse gehört nicht zu diesem Computer</translation>
        </message>
        <message>
            <source>Cannot write the menu entry to {folder} ({reason}); check its permissions.</source>
            <translation>Der Menüeintrag kann nicht nach {folder} geschrieben werden ({reason}): Prüfen Sie die Rechte.</translation>
        </message>
        <message>
            <source>Caps Lock is on.</source>
            <translation>Die Feststelltaste ist an.</translation>
        </message>
        <message>
            <source>Chinese</source>
            <translation>Chinesisch</translation>
        </message>
        <message>
            <source>Common Voice 6 de test, letter by letter</source>
            <translation>Common Voice 6 de test, Buchstabe für Buchstabe</translation>
        </message>
        <message>
            <source>Common Voice 6 de test, with its language model</source>
            <translation>Common Voice 6 de test, mit seinem Sprachmodell</translation>
        </message>
        <message>
            <source>Common Voice 6 es test, letter by letter</source>
            <translation>Common Voice 6 es test, Buchstabe für Buchstabe</translation>
        </message>
        <message>
            <source>Common Voice 6 it test, letter by letter</source>
            <translation>Common Voice 6 it test, Buchstabe für Buchstabe</translation>
        </message>
        <message>
            <source>Common Voice 6 it test, with its language model</source>
            <translation>Common Voice 6 it test, mit seinem Sprachmodell</translation>
        </message>
        <message>
            <source>Common Voice 6 nl test, letter by letter</source>
            <translation>Common Voice 6 nl test, Buchstabe für Buchstabe</translation>
        </message>
        <message>
            <source>Common Voice 6 nl test, with its language model</source>
            <translation>Common Voice 6 nl test, mit seinem Sprachmodell</translation>
        </message>
        <message>
            <source>Common Voice 6 pl test, letter by letter</source>
            <translation>Common Voice 6 pl test, Buchstabe für Buchstabe</translation>
        </message>
        <message>
            <source>Common Voice 6 pl test, with its language model</source>
            <translation>Common Voice 6 pl test, mit seinem Sprachmodell</translation>
        </message>
        <message>
            <source>Common Voice 6 pt test, letter by letter</source>
            <translation>Common Voice 6 pt test, Buchstabe für Buchstabe</translation>
        </message>
        <message>
            <source>Common Voice 6 ru test, letter by letter</source>
            <translation>Common Voice 6 ru test, Buchstabe für Buchstabe</translation>
        </message>
        <message>
            <source>Common Voice 6 ru test, with its language model</source>
            <translation>Common Voice 6 ru test, mit seinem Sprachmodell</translation>
        </message>
        <message>
            <source>Common Voice fr test, letter by letter</source>
            <translation>Common Voice fr test, Buchstabe für Buchstabe</translation>
        </message>
        <message>
            <source>Common Voice sv test, letter by letter</source>
            <translation>Common Voice sv test, Buchstabe für Buchstabe</translation>
        </message>
        <message>
            <source>Common Voice uk, as its authors state</source>
            <translation>Common Voice uk, nach Angabe der Autoren</translation>
        </message>
        <message>
            <source>Connection refused</source>
            <translation>Verbindung abgelehnt</translation>
        </message>
        <message>
            <source>Connection reset by peer</source>
            <translation>Verbindung von der Gegenseite beendet</translation>
        </message>
        <message>
            <source>Connection timed out</source>
            <translation>die Gegenseite antwortet nicht</translation>
        </message>
        <message>
            <source>Corrections cannot be saved in {parent} ({reason}): check that the folder is writable.</source>
            <translation>Korrekturen lassen sich nicht in {parent} sichern ({reason}): Prüfen Sie, ob in den Ordner geschrieben werden darf.</translation>
        </message>
        <message>
            <source>Czech</source>
            <translation>Tschechisch</translation>
        </message>
        <message>
            <source>Danish</source>
            <translation>Dänisch</translation>
        </message>
        <message>
            <source>Device or resource busy</source>
            <translation>Gerät oder Datei ist belegt</translation>
        </message>
        <message>
            <source>Device unavailable</source>
            <translation>das Gerät ist nicht verfügbar</translation>
        </message>
        <message>
            <source>Directory not empty</source>
            <translation>der Ordner ist nicht leer</translation>
        </message>
        <message>
            <source>Disk quota exceeded</source>
            <translation>das zugeteilte Kontingent ist erschöpft</translation>
        </message>
        <message>
            <source>Dutch</source>
            <translation>Niederländisch</translation>
        </message>
        <message>
            <source>Dutch, large</source>
            <translation>Niederländisch, groß</translation>
        </message>
        <message>
            <source>End of file</source>
            <translation>die Datei ist zu Ende</translation>
        </message>
        <message>
            <source>English</source>
            <translation>Englisch</translation>
        </message>
        <message>
            <source>English, large</source>
            <translation>Englisch, groß</translation>
        </message>
        <message>
            <source>English, large (HuBERT)</source>
            <translation>Englisch, groß (HuBERT)</translation>
        </message>
        <message>
            <source>English, small and fast</source>
            <translation>Englisch, klein und schnell</translation>
        </message>
        <message>
            <source>English, small, best of its size</source>
            <translation>Englisch, klein, das beste seiner Größe hier</translation>
        </message>
        <message>
            <source>English, small, trainable</source>
            <translation>Englisch, klein, kann angelernt werden</translation>
        </message>
        <message>
            <source>File exists</source>
            <translation>die Datei gibt es schon</translation>
        </message>
        <message>
            <source>File name too long</source>
            <translation>der Dateiname ist zu lang</translation>
        </message>
        <message>
            <source>File too large</source>
            <translation>die Datei ist zu groß</translation>
        </message>
        <message>
            <source>Finnish</source>
            <translation>Finnisch</translation>
        </message>
        <message>
            <source>French</source>
            <translation>Französisch</translation>
        </message>
        <message>
            <source>French, large</source>
            <translation>Französisch, groß</translation>
        </message>
        <message>
            <source>German</source>
            <translation>Deutsch</translation>
        </message>
        <message>
            <source>German, large</source>
            <translation>Deutsch, groß</translation>
        </message>
        <message>
            <source>Greek</source>
            <translation>Griechisch</translation>
        </message>
        <message>
            <source>Hebrew</source>
            <translation>Hebräisch</translation>
        </message>
        <message>
            <source>Hindi</source>
            <translation>Hindi</translation>
        </message>
        <message>
            <source>Hungarian</source>
            <translation>Ungarisch</translation>
        </message>
        <message>
            <source>In 8 bits, {folder} makes {cost:.2f} more errors per 100 words on {count} recordings ({most:g} allowed), so it is used in floating point, which takes about twice as long.</source>
            <translation>Mit 8 Bit macht {folder} auf {count} Aufnahmen {cost:.2f} Fehler mehr je 100 Wörter, erlaubt sind {most:g}; deshalb rechnet es mit Gleitkommazahlen und braucht etwa doppelt so lange.</translation>
        </message>
        <message>
            <source>In 8 bits, {percent:.0f}% of the text from {folder} would change, so it is used in floating point, which takes about twice as long.</source>
            <translation>In 8 Bit würden sich {percent:.0f} % des Textes von {folder} ändern; deshalb wird in Gleitkommazahlen gerechnet, was etwa doppelt so lange dauert.</translation>
        </message>
        <message>
            <source>In line {number} of {file}: {error}</source>
            <translation>In Zeile {number} von {file}: {error}</translation>
        </message>
        <message>
            <source>Input/output error</source>
            <translation>Ein-/Ausgabefehler</translation>
        </message>
        <message>
            <source>Inserting failed; a part of the text may have arrived.</source>
            <translation>Das Einfügen ist fehlgeschlagen; ein Teil des Textes kann schon angekommen sein.</translation>
        </message>
        <message>
            <source>Install pynput to dictate into other programs.</source>
            <translation>Installieren Sie pynput, um in andere Programme zu diktieren.</translation>
        </message>
        <message>
            <source>Install the program again.</source>
            <translation>Installieren Sie das Programm erneut.</translation>
        </message>
        <message>
            <source>Install with: {command}</source>
            <translation>Installieren mit: {command}</translation>
        </message>
        <message>
            <source>Install wtype (or ydotool) so that text can be typed into other programs.</source>
            <translation>Installieren Sie wtype (oder ydotool), damit Text in andere Programme getippt werden kann.</translation>
        </message>
        <message>
            <source>Install wtype so that keys can be pressed in other programs.</source>
            <translation>Installieren Sie wtype, damit in anderen Programmen Tasten gedrückt werden können.</translation>
        </message>
        <message>
            <source>Install your desktop's xdg-desktop-portal (or ydotool) so that text can be typed.</source>
            <translation>Installieren Sie das xdg-desktop-portal Ihres Desktops (oder ydotool), damit Text geschrieben werden kann.</translation>
        </message>
        <message>
            <source>Invalid argument</source>
            <translation>ungültiges Argument</translation>
        </message>
        <message>
            <source>Invalid cross-device link</source>
            <translation>es liegt auf einem anderen Datenträger</translation>
        </message>
        <message>
            <source>Invalid data found when processing input</source>
            <translation>darin stehen ungültige Daten</translation>
        </message>
        <message>
            <source>Invalid device</source>
            <translation>kein gültiges Gerät</translation>
        </message>
        <message>
            <source>Invalid number of channels</source>
            <translation>so viele Kanäle gibt es dort nicht</translation>
        </message>
        <message>
            <source>Invalid sample rate</source>
            <translation>diese Abtastrate gibt es dort nicht</translation>
        </message>
        <message>
            <source>Is a directory</source>
            <translation>es ist ein Ordner</translation>
        </message>
        <message>
            <source>It changed while it was being transcribed: run the command again when it is complete.</source>
            <translation>Sie hat sich während der Transkription geändert: Starten Sie den Befehl noch einmal, wenn sie vollständig ist.</translation>
        </message>
        <message>
            <source>It was not allowed in the desktop's dialog.</source>
            <translation>Es wurde im Dialog des Desktops nicht erlaubt.</translation>
        </message>
        <message>
            <source>Italian</source>
            <translation>Italienisch</translation>
        </message>
        <message>
            <source>Italian, large</source>
            <translation>Italienisch, groß</translation>
        </message>
        <message>
            <source>Japanese</source>
            <translation>Japanisch</translation>
        </message>
        <message>
            <source>Korean</source>
            <translation>Koreanisch</translation>
        </message>
        <message>
            <source>LibriSpeech test-clean, letter by letter</source>
            <translation>LibriSpeech test-clean, Buchstabe für Buchstabe</translation>
        </message>
        <message>
            <source>LibriSpeech test-other, letter by letter</source>
            <translation>LibriSpeech test-other, Buchstabe für Buchstabe</translation>
        </message>
        <message>
            <source>Menu entries are only for Linux; on this system, the installer creates them.</source>
            <translation>Menüeinträge gibt es hier nur unter Linux: Auf diesem System macht sie das Installationsprogramm.</translation>
        </message>
        <message>
            <source>NST and Common Voice test, letter by letter</source>
            <translation>NST und Common Voice test, Buchstabe für Buchstabe</translation>
        </message>
        <message>
            <source>Name or service not known</source>
            <translation>Name oder Dienst nicht bekannt</translation>
        </message>
        <message>
            <source>Network is unreachable</source>
            <translation>das Netz ist nicht erreichbar</translation>
        </message>
        <message>
            <source>No audio in {name} could be decoded, because it is too damaged: copy or export it again.</source>
            <translation>Aus {name} ließ sich kein Ton lesen, sie ist zu stark beschädigt: Kopieren oder exportieren Sie sie noch einmal.</translation>
        </message>
        <message>
            <source>No microphone was found, only system audio: plug one in, or choose the system audio.</source>
            <translation>Es wurde kein Mikrofon gefunden, nur der Ton des Systems: Stecken Sie eines ein, oder wählen Sie den Ton des Systems.</translation>
        </message>
        <message>
            <source>No microphone was found: plug one in, or switch it on in the system's sound settings.</source>
            <translation>Es wurde kein Mikrofon gefunden: Stecken Sie eines ein, oder schalten Sie es in den Toneinstellungen des Systems ein.</translation>
        </message>
        <message>
            <source>No recording was started: start one first.</source>
            <translation>Es wurde keine Aufnahme begonnen: Beginnen Sie zuerst eine.</translation>
        </message>
        <message>
            <source>No route to host</source>
            <translation>kein Weg zum anderen Rechner</translation>
        </message>
        <message>
            <source>No sound comes from the microphone yet: wait a moment, or choose another one.</source>
            <translation>Das Mikrofon liefert noch keinen Ton: Warten Sie kurz oder wählen Sie ein anderes.</translation>
        </message>
        <message>
            <source>No space left on device</source>
            <translation>kein Platz mehr auf dem Datenträger</translation>
        </message>
        <message>
            <source>No speech was found in this file.</source>
            <translation>In dieser Datei wurde keine Sprache gefunden.</translation>
        </message>
        <message>
            <source>No such device</source>
            <translation>das Gerät gibt es nicht</translation>
        </message>
        <message>
            <source>No such file or directory</source>
            <translation>Datei oder Ordner gibt es nicht</translation>
        </message>
        <message>
            <source>No text field has the cursor.</source>
            <translation>Der Cursor steht in keinem Textfeld.</translation>
        </message>
        <message>
            <source>No usable speech is left for training and validation; check that the transcripts match the audio and are in the model's language.</source>
            <translation>Es bleibt nichts zum Lernen oder zum Messen übrig; prüfen Sie, ob die Texte zum Ton gehören und in der Sprache des Modells geschrieben sind.</translation>
        </message>
        <message>
            <source>No words were recognised in {name}, because it is too quiet ({level:.0f} dB at its loudest): record it again with a higher input level or closer to the microphone.</source>
            <translation>In {name} wurde nichts verstanden, der Ton ist zu leise (höchstens {level:.0f} dB): Nehmen Sie mit höherem Eingangspegel oder näher am Mikrofon erneut auf.</translation>
        </message>
        <message>
            <source>Nobody has corrected or confirmed anything in {name}, so the model would only learn its own errors; correct it in the editor, or confirm the segments that are right.</source>
            <translation>In {name} hat niemand etwas korrigiert oder bestätigt; das Modell würde nur seine eigenen Fehler lernen. Korrigieren Sie den Text im Editor, oder bestätigen Sie die richtigen Abschnitte.</translation>
        </message>
        <message>
            <source>None of the requested devices can be used: {names}.</source>
            <translation>Keines der verlangten Rechenwerke lässt sich verwenden: {names}.</translation>
        </message>
        <message>
            <source>None of your corrected or confirmed segments matches the audio clearly enough to learn from; correct or confirm some more, and try again.</source>
            <translation>Nichts von dem, was Sie korrigiert oder bestätigt haben, passt deutlich genug zum Ton, um daraus zu lernen; korrigieren oder bestätigen Sie weitere Abschnitte, und versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <source>Norwegian</source>
            <translation>Norwegisch</translation>
        </message>
        <message>
            <source>Not a directory</source>
            <translation>es ist kein Ordner</translation>
        </message>
        <message>
            <source>Nothing can be played, because there is no audio output or another program is using it; you can still edit the text.</source>
            <translation>Es lässt sich nichts abspielen, weil keine Tonausgabe gefunden wurde oder ein anderes Programm sie belegt; der Text lässt sich trotzdem korrigieren.</translation>
        </message>
        <message>
            <source>Nothing that {speaker} says in {name} is corrected or confirmed; correct or confirm some of it, or choose another speaker.</source>
            <translation>Nichts, was {speaker} in {name} sagt, ist korrigiert oder bestätigt; korrigieren oder bestätigen Sie etwas davon oder wählen Sie jemand anderen.</translation>
        </message>
        <message>
            <source>Nothing was recognised in {source}, so its text cannot be aligned; transcribe it first.</source>
            <translation>In {source} wurde nichts erkannt, deshalb findet der Text keinen Platz; lassen Sie es zuerst erkennen.</translation>
        </message>
        <message>
            <source>ONNX Runtime has no provider “{name}” here, only {names}; choose one of these, or none.</source>
            <translation>ONNX Runtime hat hier kein Rechenwerk „{name}“, nur {names}; wählen Sie eines davon oder keines.</translation>
        </message>
        <message>
            <source>Only audio track {track} of {name} was transcribed: choose another track for {others}.</source>
            <translation>Nur Tonspur {track} von {name} wurde transkribiert: Wählen Sie eine andere Spur für {others}.</translation>
        </message>
        <message>
            <source>Only system audio is left: plug in a microphone.</source>
            <translation>Es ist nur noch der Ton des Systems da: Stecken Sie ein Mikrofon ein.</translation>
        </message>
        <message>
            <source>Operation not permitted</source>
            <translation>das ist nicht erlaubt</translation>
        </message>
        <message>
            <source>Pasting is not possible on this system.</source>
            <translation>Auf diesem System kann nicht eingefügt werden.</translation>
        </message>
        <message>
            <source>Permission denied</source>
            <translation>keine Berechtigung</translation>
        </message>
        <message>
            <source>Playback needs the PortAudio library, which is missing: on Debian or Ubuntu run `sudo apt-get install libportaudio2 libasound2-plugins`; you can still edit the text without it.</source>
            <translation>Zum Abspielen fehlt die Bibliothek PortAudio: Unter Debian oder Ubuntu hilft `sudo apt-get install libportaudio2 libasound2-plugins`; der Text lässt sich auch ohne sie korrigieren.</translation>
        </message>
        <message>
            <source>Polish</source>
            <translation>Polnisch</translation>
        </message>
        <message>
            <source>Polish, large</source>
            <translation>Polnisch, groß</translation>
        </message>
        <message>
            <source>Portuguese</source>
            <translation>Portugiesisch</translation>
        </message>
        <message>
            <source>Portuguese, large</source>
            <translation>Portugiesisch, groß</translation>
        </message>
        <message>
            <source>Pre-trained on 60,000 hours and self-trained; needs three times the computing power of a small one.</source>
            <translation>Auf 60 000 Stunden vortrainiert und selbst weitergelernt; dreimal so viel Arbeit wie ein kleines.</translation>
        </message>
        <message>
            <source>PyTorch has no device “{name}”; choose one of {names}.</source>
            <translation>PyTorch hat kein Rechenwerk „{name}“; wählen Sie eines von {names}.</translation>
        </message>
        <message>
            <source>Read-only file system</source>
            <translation>der Datenträger ist schreibgeschützt</translation>
        </message>
        <message>
            <source>Recording continues with "{device}".</source>
            <translation>Die Aufnahme geht mit „{device}“ weiter.</translation>
        </message>
        <message>
            <source>Recording needs the PortAudio library, which is missing: on Debian or Ubuntu run `sudo apt-get install libportaudio2 libasound2-plugins`.</source>
            <translation>Zum Aufnehmen fehlt die Bibliothek PortAudio: Geben Sie unter Debian oder Ubuntu `sudo apt-get install libportaudio2 libasound2-plugins` ein.</translation>
        </message>
        <message>
            <source>Recordings cannot be saved in "{parent}" ({reason}): choose another folder or change its permissions.</source>
            <translation>In „{parent}“ lassen sich keine Aufnahmen speichern ({reason}): Wählen Sie einen anderen Ordner oder ändern Sie seine Zugriffsrechte.</translation>
        </message>
        <message>
            <source>Recordings cannot be saved in "{session}" ({reason}): choose another folder or change its permissions.</source>
            <translation>In „{session}“ lassen sich keine Aufnahmen speichern ({reason}): Wählen Sie einen anderen Ordner oder ändern Sie seine Zugriffsrechte.</translation>
        </message>
        <message>
            <source>Romanian</source>
            <translation>Rumänisch</translation>
        </message>
        <message>
            <source>Russian</source>
            <translation>Russisch</translation>
        </message>
        <message>
            <source>Russian, large</source>
            <translation>Russisch, groß</translation>
        </message>
        <message>
            <source>Sample format not supported</source>
            <translation>das Zahlenformat wird nicht unterstützt</translation>
        </message>
        <message>
            <source>Sentences ready for training: {kept} ({minutes:.1f} min). Go to Voice to train the model.</source>
            <translation>Sätze, aus denen das Modell lernen kann: {kept} ({minutes:.1f} min). Gehen Sie zu Stimme, um es anzulernen.</translation>
        </message>
        <message>
            <source>Sentences ready for training: {kept} ({minutes:.1f} min). Left out, because they do not match the audio clearly enough: {left_out}. Go to Voice to train the model.</source>
            <translation>Sätze, aus denen das Modell lernen kann: {kept} ({minutes:.1f} min). Weggelassen, weil sie nicht deutlich genug zum Ton passen: {left_out}. Gehen Sie zu Stimme, um es anzulernen.</translation>
        </message>
        <message>
            <source>Some settings in {file} were invalid and were reset to their defaults: {names}.</source>
            <translation>Einige Einstellungen in {file} waren nicht zu verstehen und haben wieder ihre Voreinstellung: {names}.</translation>
        </message>
        <message>
            <source>Something unexpected happened ({what}); details could not be written to {log} ({reason}); set {variable}=1 to show them.</source>
            <translation>Etwas Unerwartetes ist geschehen ({what}). Die Einzelheiten konnten nicht in {log} geschrieben werden ({reason}); mit {variable}=1 werden sie angezeigt.</translation>
        </message>
        <message>
            <source>Something unexpected happened ({what}); see {log} for details.</source>
            <translation>Etwas Unerwartetes ist geschehen ({what}). Einzelheiten stehen in {log}.</translation>
        </message>
        <message>
            <source>Spanish</source>
            <translation>Spanisch</translation>
        </message>
        <message>
            <source>Spanish, large</source>
            <translation>Spanisch, groß</translation>
        </message>
        <message>
            <source>Speaker {number}</source>
            <translation>Sprecher {number}</translation>
        </message>
        <message>
            <source>Speaker {number} sounds like {name} ({percent} % sure).</source>
            <translation>Sprecher {number} klingt wie {name} (zu {percent} % sicher).</translation>
        </message>
        <message>
            <source>Speech {where} could not be transcribed and was left out: the recogniser crashed on it {times} times.</source>
            <translation>Was {where} gesagt wird, ließ sich nicht erkennen und fehlt: Die Erkennung ist daran {times}-mal abgestürzt.</translation>
        </message>
        <message>
            <source>Stale file handle</source>
            <translation>die Datei liegt nicht mehr dort</translation>
        </message>
        <message>
            <source>Starting at login cannot be changed ({reason}): check the permissions of your folders.</source>
            <translation>Der Start bei der Anmeldung kann nicht geändert werden ({reason}): Prüfen Sie die Rechte Ihrer Ordner.</translation>
        </message>
        <message>
            <source>Swedish</source>
            <translation>Schwedisch</translation>
        </message>
        <message>
            <source>Swedish, large</source>
            <translation>Schwedisch, groß</translation>
        </message>
        <message>
            <source>Temporary failure in name resolution</source>
            <translation>vorübergehender Fehler bei der Namensauflösung</translation>
        </message>
        <message>
            <source>The Editor was closed.</source>
            <translation>Der Editor wurde geschlossen.</translation>
        </message>
        <message>
            <source>The Whisper weights in {folder} cannot be read ({reason}); download them again.</source>
            <translation>Die Gewichte von Whisper in {folder} können nicht gelesen werden ({reason}); laden Sie sie erneut herunter.</translation>
        </message>
        <message>
            <source>The acoustic model's output ({shape}) does not match its vocabulary of {count} labels; check that vocab.json belongs to the network.</source>
            <translation>Die Ausgabe des akustischen Modells ({shape}) passt nicht zu seinem Vokabular mit {count} Zeichen; prüfen Sie, ob vocab.json und das Netz zusammengehören.</translation>
        </message>
        <message>
            <source>The audio contains samples that are not numbers; save it again from the program it was made with.</source>
            <translation>Der Ton enthält Werte, die keine Zahlen sind; speichern Sie ihn noch einmal aus dem Programm, aus dem er stammt.</translation>
        </message>
        <message>
            <source>The audio of {source} could not be copied into the library ({reason}): free some space, or do not keep a copy of the audio.</source>
            <translation>Der Ton von {source} ließ sich nicht in die Bibliothek kopieren ({reason}): Schaffen Sie Platz oder lassen Sie die Bibliothek auf die Datei verweisen.</translation>
        </message>
        <message>
            <source>The audio track of {name} is empty: choose another file or track.</source>
            <translation>Die Tonspur von {name} ist leer: Wählen Sie eine andere Datei oder Spur.</translation>
        </message>
        <message>
            <source>The check was stopped.</source>
            <translation>Die Prüfung wurde abgebrochen.</translation>
        </message>
        <message>
            <source>The clipboard could not be saved.</source>
            <translation>Die Zwischenablage konnte nicht gesichert werden.</translation>
        </message>
        <message>
            <source>The cluster failed ({reason}): run the command again, which goes on with what is left.</source>
            <translation>Der Cluster ist ausgefallen ({reason}): Starten Sie den Befehl noch einmal; er macht mit dem Rest weiter.</translation>
        </message>
        <message>
            <source>The computer was too busy or asleep, and {seconds:.1f} s of audio were lost: close other programs if this happens again.</source>
            <translation>Der Rechner war überlastet oder stand still, {seconds:.1f} s Ton gingen verloren: Schließen Sie andere Programme, wenn das wieder geschieht.</translation>
        </message>
        <message>
            <source>The config.json in {folder} asks to run the model's own code (auto_map), which this program never does; choose a model that works without it.</source>
            <translation>Die config.json in {folder} verlangt, eigenen Programmcode des Modells auszuführen (auto_map), was hier nie geschieht; wählen Sie ein Modell, das ohne ihn auskommt.</translation>
        </message>
        <message>
            <source>The conversion of {folder} failed ({reason}); there may not be enough memory.</source>
            <translation>Die Umwandlung von {folder} ist abgebrochen ({reason}); vielleicht braucht sie mehr Arbeitsspeicher, als da ist.</translation>
        </message>
        <message>
            <source>The conversion was stopped.</source>
            <translation>Die Umwandlung wurde abgebrochen.</translation>
        </message>
        <message>
            <source>The convolutions in {path} give frames of {samples} samples, more than any network has ({most}); download or create it again.</source>
            <translation>Die Faltungen in {path} ergeben Frames von {samples} Abtastwerten, mehr als in irgendeinem Netz ({most}); laden oder erzeugen Sie die Datei neu.</translation>
        </message>
        <message>
            <source>The cursor is in a password field.</source>
            <translation>Der Cursor steht in einem Passwortfeld.</translation>
        </message>
        <message>
            <source>The data pack {name} was not found in {names}; choose its folder with --data.</source>
            <translation>Das Datenpaket {name} liegt in keinem von {names}; nennen Sie seinen Ordner mit --data.</translation>
        </message>
        <message>
            <source>The desktop allows shortcuts only to programs in its menu; run: asr-desktop menu-entry</source>
            <translation>Der Desktop erlaubt Tastenkürzel nur Programmen in seinem Menü; führen Sie aus: asr-desktop menu-entry</translation>
        </message>
        <message>
            <source>The desktop could not do it.</source>
            <translation>Der Desktop konnte es nicht.</translation>
        </message>
        <message>
            <source>The desktop does not answer ({reason}).</source>
            <translation>Der Desktop antwortet nicht ({reason}).</translation>
        </message>
        <message>
            <source>The desktop has ended the shortcuts of ASR Desktop; set them again.</source>
            <translation>Der Desktop hat die Tastenkürzel von ASR Desktop beendet; wählen Sie sie neu.</translation>
        </message>
        <message>
            <source>The desktop refused ({reason}).</source>
            <translation>Der Desktop hat abgelehnt ({reason}).</translation>
        </message>
        <message>
            <source>The desktop's shortcuts have stopped; if they do not return, set them again.</source>
            <translation>Die Tastenkürzel des Desktops sind ausgefallen; wenn sie nicht wiederkehren, wählen Sie sie neu.</translation>
        </message>
        <message>
            <source>The disk has room for {minutes:.0f} more minutes of audio: free some space.</source>
            <translation>Die Festplatte hat noch Platz für {minutes:.0f} Minuten Ton: Schaffen Sie Platz.</translation>
        </message>
        <message>
            <source>The download was stopped.</source>
            <translation>Der Download wurde abgebrochen.</translation>
        </message>
        <message>
            <source>The draft {path} cannot be deleted ({reason}): delete it yourself.</source>
            <translation>Der Entwurf {path} lässt sich nicht entfernen ({reason}): Löschen Sie ihn von Hand.</translation>
        </message>
        <message>
            <source>The entry in {folder} cannot be added to the library ({reason}); it was left unchanged.</source>
            <translation>Der Eintrag in {folder} kann nicht in die Bibliothek aufgenommen werden ({reason}); er bleibt, wie er ist.</translation>
        </message>
        <message>
            <source>The file name has no extension</source>
            <translation>Der Dateiname hat keine Endung</translation>
        </message>
        <message>
            <source>The first {seconds:.1f} s of audio in {name} lie before time 0:00, where players skip them: they were left out; export the recording again if they matter.</source>
            <translation>Die ersten {seconds:.1f} s Ton in {name} liegen vor der Zeit 0:00, wo Abspielprogramme sie nicht wiedergeben: Sie wurden ausgelassen; exportieren Sie die Aufnahme erneut, wenn sie wichtig sind.</translation>
        </message>
        <message>
            <source>The folder {argument} contains no audio or video files.</source>
            <translation>Der Ordner {argument} enthält keine Ton- oder Videodatei.</translation>
        </message>
        <message>
            <source>The folder {folder} does not exist; create it or choose another.</source>
            <translation>Den Ordner {folder} gibt es nicht; legen Sie ihn an oder wählen Sie einen anderen.</translation>
        </message>
        <message>
            <source>The folder {parent} cannot be created ({reason}): check its permissions.</source>
            <translation>Der Ordner {parent} lässt sich nicht anlegen ({reason}): Prüfen Sie seine Zugriffsrechte.</translation>
        </message>
        <message>
            <source>The folder {parent} cannot be created ({reason}): choose another folder for the transcripts.</source>
            <translation>Der Ordner {parent} lässt sich nicht anlegen ({reason}): Wählen Sie einen anderen Ordner für die Transkripte.</translation>
        </message>
        <message>
            <source>The folder {parent} cannot be created ({reason}): choose another {option}.</source>
            <translation>Der Ordner {parent} lässt sich nicht anlegen ({reason}): Wählen Sie für {option} einen anderen.</translation>
        </message>
        <message>
            <source>The folder {parent} cannot be created: the disk is full; free some space and try again.</source>
            <translation>Der Ordner {parent} kann nicht angelegt werden: Der Datenträger ist voll; schaffen Sie Platz, und versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <source>The gap between subtitles cannot be {min_gap_seconds:g} seconds; use 0 or more.</source>
            <translation>Der Abstand zwischen Untertiteln kann nicht {min_gap_seconds:g} Sekunden sein; nehmen Sie 0 oder mehr.</translation>
        </message>
        <message>
            <source>The hotword {text!r} has the weight {weight:g}; it must be between 0 and {most:g}.</source>
            <translation>{text!r} hat das Gewicht {weight:g}; es muss zwischen 0 und {most:g} liegen.</translation>
        </message>
        <message>
            <source>The hotwords file {file} cannot be read: {reason}; check its name and permissions.</source>
            <translation>Die Datei mit Namen und Wendungen {file} lässt sich nicht lesen: {reason}; prüfen Sie Namen und Zugriffsrechte.</translation>
        </message>
        <message>
            <source>The hub did not report the size of {repository}; use another mirror.</source>
            <translation>Der Modell-Hub sagt nicht, wie groß {repository} ist; nehmen Sie eine andere Adresse.</translation>
        </message>
        <message>
            <source>The hub did not report the version of {name}; try again later.</source>
            <translation>Der Modell-Hub sagt nicht, welche Version von {name} er hat; versuchen Sie es später noch einmal.</translation>
        </message>
        <message>
            <source>The hub has no checksum for {file}, so it cannot be trusted; use another mirror.</source>
            <translation>Der Modell-Hub nennt keine Prüfsumme für {file}, deshalb ist der Datei nicht zu trauen; nehmen Sie eine andere Adresse.</translation>
        </message>
        <message>
            <source>The hub has no model {name}; check the spelling (owner/name), and HF_TOKEN if it is private.</source>
            <translation>Der Modell-Hub hat kein Modell {name}; prüfen Sie die Schreibweise (Besitzer/Name) und, falls es ein privates ist, HF_TOKEN.</translation>
        </message>
        <message>
            <source>The hub refused to send {what} (HTTP status {status}); {later}.</source>
            <translation>Der Modell-Hub gibt {what} nicht heraus (HTTP-Status {status}); {later}.</translation>
        </message>
        <message>
            <source>The hub sends {file} too slowly ({bytes:,} bytes in {seconds:g} s); try again later: the partial download is kept.</source>
            <translation>Der Hub sendet {file} zu langsam, um je anzukommen ({bytes:,} Bytes in {seconds:g} s); versuchen Sie es später: Was angekommen ist, bleibt.</translation>
        </message>
        <message>
            <source>The hub sent a different version of {repository} than requested; try again later.</source>
            <translation>Der Modell-Hub liefert eine andere Version von {repository} als die verlangte; versuchen Sie es später noch einmal.</translation>
        </message>
        <message>
            <source>The hub sent an unreadable answer about {name}; check its address, or try again later.</source>
            <translation>Die Antwort des Modell-Hubs über {name} ist nicht zu verstehen; prüfen Sie seine Adresse oder versuchen Sie es später noch einmal.</translation>
        </message>
        <message>
            <source>The hub sent more than the {size_bytes:,} bytes of {file}; it was discarded, so try again later.</source>
            <translation>Der Modell-Hub schickt mehr als die {size_bytes:,} Bytes, die {file} hat; die Datei wurde verworfen, versuchen Sie es später noch einmal.</translation>
        </message>
        <message>
            <source>The hub sent only {before:,} of {size_bytes:,} bytes of {file}; try again later.</source>
            <translation>Der Modell-Hub schickt nur {before:,} von {size_bytes:,} Bytes von {file}; versuchen Sie es später noch einmal.</translation>
        </message>
        <message>
            <source>The hub's answer never ends; check its address ({url}), or try again later.</source>
            <translation>Die Antwort des Hubs nimmt kein Ende; prüfen Sie seine Adresse ({url}) oder versuchen Sie es später.</translation>
        </message>
        <message>
            <source>The ideal reading speed must be above 0 and at most the highest; got {ideal_characters_per_second:g} and {max_characters_per_second:g} characters per second.</source>
            <translation>Das ideale Lesetempo muss über 0 liegen und höchstens so groß sein wie das höchste; es sind {ideal_characters_per_second:g} und {max_characters_per_second:g} Zeichen je Sekunde.</translation>
        </message>
        <message>
            <source>The input "{device}" cannot be opened ({reason}): check that it is plugged in, that no other program is using it, and that this program may use the microphone.</source>
            <translation>Der Eingang „{device}“ lässt sich nicht öffnen ({reason}): Prüfen Sie, ob er eingesteckt ist, ob kein anderes Programm ihn belegt und ob dieses Programm das Mikrofon benutzen darf.</translation>
        </message>
        <message>
            <source>The input "{device}" cannot be started ({reason}): plug it in again, or choose another.</source>
            <translation>Der Eingang „{device}“ startet nicht ({reason}): Stecken Sie ihn neu an oder wählen Sie einen anderen.</translation>
        </message>
        <message>
            <source>The input "{device}" is no longer connected: plug it in again or choose another.</source>
            <translation>Der Eingang „{device}“ ist nicht mehr da: Stecken Sie ihn wieder ein, oder wählen Sie einen anderen.</translation>
        </message>
        <message>
            <source>The job was cancelled.</source>
            <translation>Der Auftrag wurde abgebrochen.</translation>
        </message>
        <message>
            <source>The language model cannot be written to {output} ({reason}); free up disk space.</source>
            <translation>Das Sprachmodell lässt sich nicht in {output} schreiben ({reason}); schaffen Sie Platz.</translation>
        </message>
        <message>
            <source>The language model is not used, because the Python package kenlm-ex is not installed. {advice}</source>
            <translation>Das Sprachmodell wird nicht verwendet, weil das Python-Paket kenlm-ex nicht installiert ist. {advice}</translation>
        </message>
        <message>
            <source>The language model {model_path} has no unigrams.txt next to it, so beam search cannot tell known words from unknown ones and is less accurate; add the file with its words, one per line.</source>
            <translation>Neben dem Sprachmodell {model_path} liegt keine unigrams.txt; so lassen sich bekannte Wörter nicht von unbekannten unterscheiden, und die Erkennung ist ungenauer. Legen Sie die Datei mit seinen Wörtern dazu, eines je Zeile.</translation>
        </message>
        <message>
            <source>The language model {path} cannot be read ({reason}); download or build it again.</source>
            <translation>Das Sprachmodell {path} kann nicht gelesen werden ({reason}); laden oder erzeugen Sie es neu.</translation>
        </message>
        <message>
            <source>The language model {path} uses a different alphabet from the acoustic model's vocabulary (its words include {names}); use one in the same language.</source>
            <translation>Das Sprachmodell {path} ist in anderen Buchstaben geschrieben als das Vokabular des akustischen Modells (etwa {names}); nehmen Sie eines derselben Sprache.</translation>
        </message>
        <message>
            <source>The last {unsaved_seconds:.1f} s of audio could not be saved, because the disk is full: free some space; everything before is saved.</source>
            <translation>Die letzten {unsaved_seconds:.1f} s Ton ließen sich nicht speichern, die Festplatte ist voll: Schaffen Sie Platz; alles davor ist gesichert.</translation>
        </message>
        <message>
            <source>The library cannot write {path} ({reason}): check its disk and the folder's permissions.</source>
            <translation>Die Bibliothek kann {path} nicht schreiben ({reason}): Prüfen Sie den Datenträger und die Rechte des Ordners.</translation>
        </message>
        <message>
            <source>The library cannot write {path}: its disk is full; free some space and try again.</source>
            <translation>Die Bibliothek kann {path} nicht schreiben: Ihr Datenträger ist voll; schaffen Sie Platz, und versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <source>The library has no entry {entry_id}: `asr-desktop library list` shows all entries.</source>
            <translation>Die Bibliothek hat keinen Eintrag {entry_id} (mehr): `asr-desktop library list` zeigt, was sie hat.</translation>
        </message>
        <message>
            <source>The library index was damaged ({damage}) and was rebuilt from {entries} transcripts; the damaged file is now {set_aside}.</source>
            <translation>Das Verzeichnis der Bibliothek war beschädigt ({damage}) und wurde aus {entries} Transkripten neu angelegt; die beschädigte Datei liegt in {set_aside}.</translation>
        </message>
        <message>
            <source>The library {path} cannot be rebuilt ({reason}): close other programs that use it, free some space, and try again.</source>
            <translation>Die Bibliothek {path} lässt sich nicht neu anlegen ({reason}): Schließen Sie andere Programme, die sie benutzen, schaffen Sie Platz und versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <source>The library {path} was repaired but is damaged again ({damage}): check its disk.</source>
            <translation>Die Bibliothek {path} ist nach der Reparatur sofort wieder beschädigt ({damage}): Prüfen Sie den Datenträger.</translation>
        </message>
        <message>
            <source>The library {path} {sentence}.</source>
            <translation>Die Bibliothek {path} {sentence}.</translation>
        </message>
        <message>
            <source>The list of providers is empty; choose from {names}.</source>
            <translation>Die Liste der Rechenwerke ist leer; wählen Sie unter {names}.</translation>
        </message>
        <message>
            <source>The list of the speech that was set aside cannot be saved in {home} ({reason}); free up disk space.</source>
            <translation>Die Liste dessen, was zum Messen zurückgelegt ist, lässt sich nicht in {home} schreiben ({reason}); schaffen Sie Platz.</translation>
        </message>
        <message>
            <source>The microphone is too quiet to recognise words: set a higher input level or move closer to it.</source>
            <translation>Das Mikrofon ist zu leise, um Wörter zu erkennen: Stellen Sie einen höheren Eingangspegel ein oder gehen Sie näher heran.</translation>
        </message>
        <message>
            <source>The microphone is very quiet, so speech is amplified by {gain:.0f} dB: set a higher input level or move closer to it.</source>
            <translation>Das Mikrofon ist sehr leise, daher wird Sprache um {gain:.0f} dB verstärkt: Stellen Sie einen höheren Eingangspegel ein oder gehen Sie näher heran.</translation>
        </message>
        <message>
            <source>The microphone stopped sending sound: plug it in and read the sentence again.</source>
            <translation>Das Mikrofon liefert keinen Ton mehr: Stecken Sie es an und lesen Sie den Satz noch einmal vor.</translation>
        </message>
        <message>
            <source>The model cannot be copied to {parent} ({reason}).</source>
            <translation>Das Modell lässt sich nicht nach {parent} kopieren ({reason}).</translation>
        </message>
        <message>
            <source>The model catalogue {path} cannot be read ({reason}); reinstall the program.</source>
            <translation>Das Modellverzeichnis {path} lässt sich nicht lesen ({reason}); installieren Sie das Programm neu.</translation>
        </message>
        <message>
            <source>The model catalogue {path} has an invalid entry, {entry} ({reason}); reinstall the program.</source>
            <translation>Das Modellverzeichnis {path} hat einen fehlerhaften Eintrag, {entry} ({reason}); installieren Sie das Programm neu.</translation>
        </message>
        <message>
            <source>The model {folder} cannot be read ({reason}); check its permissions and its disk.</source>
            <translation>Das Modell {folder} kann nicht gelesen werden ({reason}); prüfen Sie seine Rechte und die Festplatte.</translation>
        </message>
        <message>
            <source>The model {folder} has no language model to combine your texts with; use a model that comes with one.</source>
            <translation>Das Modell {folder} kennt nur Laute und keine Sprache, mit der sich Ihre Texte verbinden ließen; nehmen Sie ein Modell mit Sprachmodell.</translation>
        </message>
        <message>
            <source>The model {name}</source>
            <translation>Das Modell {name}</translation>
        </message>
        <message>
            <source>The model {name} is already being downloaded; wait for it, or stop it there.</source>
            <translation>Das Modell {name} wird schon geladen; warten Sie darauf oder brechen Sie es dort ab.</translation>
        </message>
        <message>
            <source>The model {name} is already installed; remove it first, or choose another name.</source>
            <translation>Das Modell {name} ist schon installiert; entfernen Sie es zuerst oder wählen Sie einen anderen Namen.</translation>
        </message>
        <message>
            <source>The model {name} is being downloaded; stop that first.</source>
            <translation>Das Modell {name} wird gerade geladen; brechen Sie das zuerst ab.</translation>
        </message>
        <message>
            <source>The model “{name}” has no version {to}; it has {known}.</source>
            <translation>Das Modell „{name}“ hat keine Version {to}; es hat {known}.</translation>
        </message>
        <message>
            <source>The model “{name}” in {folder} has no versions to choose from.</source>
            <translation>Das Modell „{name}“ in {folder} hat keine Versionen zur Auswahl.</translation>
        </message>
        <message>
            <source>The name {name}… is too long for this disk; choose a shorter one.</source>
            <translation>Der Name {name}… ist zu lang für diesen Datenträger; wählen Sie einen kürzeren.</translation>
        </message>
        <message>
            <source>The network in {folder} cannot be loaded ({reason}).</source>
            <translation>Das Netz in {folder} lässt sich nicht laden ({reason}).</translation>
        </message>
        <message>
            <source>The output</source>
            <translation>Die Ausgabe</translation>
        </message>
        <message>
            <source>The pairs cannot be written to {output} ({reason}); free up disk space or choose another folder.</source>
            <translation>Die Satzpaare lassen sich nicht in {output} schreiben ({reason}); schaffen Sie Platz oder wählen Sie einen anderen Ordner.</translation>
        </message>
        <message>
            <source>The parts of {folder} cannot be joined ({reason}): free some space.</source>
            <translation>Die Teile von {folder} lassen sich nicht verbinden ({reason}): Schaffen Sie Platz.</translation>
        </message>
        <message>
            <source>The program was updated: restart it.</source>
            <translation>Eine andere Fassung des Programms wurde installiert: Starten Sie das Programm neu.</translation>
        </message>
        <message>
            <source>The range of speakers {lowest}-{highest} is the wrong way round: write the smaller number first.</source>
            <translation>Der Bereich {lowest}-{highest} für die Sprecher ist verkehrt herum: Schreiben Sie die kleinere Zahl zuerst.</translation>
        </message>
        <message>
            <source>The recipe cannot be used: {reason}.</source>
            <translation>Das Rezept kann nicht verwendet werden: {reason}.</translation>
        </message>
        <message>
            <source>The recipe {path} cannot be read: {reason}.</source>
            <translation>Das Rezept {path} kann nicht gelesen werden: {reason}.</translation>
        </message>
        <message>
            <source>The recogniser cannot be started ({reason}): close other programs and try again.</source>
            <translation>Die Erkennung lässt sich nicht starten ({reason}): Schließen Sie andere Programme und versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <source>The recogniser failed unexpectedly; see {log}, and try again.</source>
            <translation>Die Erkennung ist unerwartet ausgefallen; sehen Sie in {log} nach, und versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <source>The recogniser stopped unexpectedly and was started again.</source>
            <translation>Die Erkennung ist unerwartet ausgefallen und wurde neu gestartet.</translation>
        </message>
        <message>
            <source>The recogniser stopped unexpectedly and was started again; no text is lost.</source>
            <translation>Die Erkennung ist unerwartet ausgefallen und wurde neu gestartet; es ging kein Text verloren.</translation>
        </message>
        <message>
            <source>The recogniser stopped unexpectedly {times} times in a row: choose another model or close other programs, and see {log} for what happened.</source>
            <translation>Die Erkennung ist {times}-mal nacheinander unerwartet ausgefallen: Wählen Sie ein anderes Modell, oder schließen Sie andere Programme; was geschah, steht in {log}.</translation>
        </message>
        <message>
            <source>The recording cannot be written to disk ({reason}): free some space; audio is held in memory for {held:.0f} s, and everything before is saved.</source>
            <translation>Die Festplatte nimmt keinen Ton mehr an ({reason}): Schaffen Sie Platz; der Ton wartet {held:.0f} s im Arbeitsspeicher, und alles davor ist gesichert.</translation>
        </message>
        <message>
            <source>The recording could not be read back: read the sentence again.</source>
            <translation>Die Aufnahme ließ sich nicht zurücklesen: Lesen Sie den Satz noch einmal vor.</translation>
        </message>
        <message>
            <source>The recording has not been started: call start() first.</source>
            <translation>Die Aufnahme wurde noch nicht begonnen: Rufen Sie zuerst start() auf.</translation>
        </message>
        <message>
            <source>The recording of {path} ({source}) was not found; put it next to the transcript and name it {stem}{suffix}.</source>
            <translation>Der Ton von {path} ({source}) ist nicht mehr da; legen Sie ihn unter dem Namen {stem}{suffix} neben das Transkript.</translation>
        </message>
        <message>
            <source>The recording was stopped because the disk is full: free some space; {seconds:.0f} s were saved.</source>
            <translation>Die Aufnahme wurde beendet, weil die Festplatte voll blieb: Schaffen Sie Platz; {seconds:.0f} s sind gesichert.</translation>
        </message>
        <message>
            <source>The recordings in {folder} cannot be written or read ({reason}); free up disk space, or choose another folder.</source>
            <translation>Die Aufnahmen in {folder} lassen sich nicht schreiben oder lesen ({reason}); schaffen Sie Platz oder wählen Sie einen anderen Ordner.</translation>
        </message>
        <message>
            <source>The reference {path} cannot be used ({reason}).</source>
            <translation>Der Vergleichstext {path} kann nicht verwendet werden ({reason}).</translation>
        </message>
        <message>
            <source>The remembered voices in {path} cannot be changed ({reason}): make room or check its permissions.</source>
            <translation>Die gemerkten Stimmen in {path} lassen sich nicht ändern ({reason}): Schaffen Sie Platz oder prüfen Sie die Zugriffsrechte.</translation>
        </message>
        <message>
            <source>The remembered voices in {path} cannot be read ({reason}): delete the file and remember them again.</source>
            <translation>Die gemerkten Stimmen in {path} lassen sich nicht lesen ({reason}): Löschen Sie die Datei und merken Sie sich die Stimmen neu.</translation>
        </message>
        <message>
            <source>The same network with its PyTorch weights: a good starting point for learning a voice.</source>
            <translation>Dasselbe Netz mit seinen PyTorch-Gewichten: ein guter Anfang, um ihm eine Stimme beizubringen.</translation>
        </message>
        <message>
            <source>The sample recording is missing; reinstall the program.</source>
            <translation>Die Beispielaufnahme fehlt; installieren Sie das Programm neu.</translation>
        </message>
        <message>
            <source>The screen cannot be reached ({reason}).</source>
            <translation>Der Bildschirm ist nicht erreichbar ({reason}).</translation>
        </message>
        <message>
            <source>The screen is locked or a menu is open.</source>
            <translation>Der Bildschirm ist gesperrt oder ein Menü ist offen.</translation>
        </message>
        <message>
            <source>The selected language model {chosen} no longer exists, so the model's own is used.</source>
            <translation>Das gewählte Sprachmodell {chosen} ist nicht mehr da, deshalb wird das eigene des Modells verwendet.</translation>
        </message>
        <message>
            <source>The selected language model {chosen} uses a different alphabet, so the model's own is used.</source>
            <translation>Das gewählte Sprachmodell {chosen} ist für andere Buchstaben, deshalb wird das eigene des Modells verwendet.</translation>
        </message>
        <message>
            <source>The selected model {chosen} no longer exists, so {default_model} is used; choose another with: asr-desktop models use</source>
            <translation>Das gewählte Modell {chosen} ist nicht mehr da, deshalb wird {default_model} verwendet; wählen Sie ein anderes mit: asr-desktop models use</translation>
        </message>
        <message>
            <source>The sentences cannot be removed from {folder} ({reason}); check its permissions.</source>
            <translation>Die Sätze können nicht aus {folder} entfernt werden ({reason}); prüfen Sie, ob der Ordner beschrieben werden darf.</translation>
        </message>
        <message>
            <source>The server cannot listen on {host}, port {port} ({reason}); choose another port or address.</source>
            <translation>Der Server kann {host}, Port {port}, nicht verwenden ({reason}); wählen Sie einen anderen Port oder eine andere Adresse.</translation>
        </message>
        <message>
            <source>The server has stopped: {reason}</source>
            <translation>Der Server wurde beendet: {reason}</translation>
        </message>
        <message>
            <source>The session "{name}" cannot be repaired ({reason}): free space on its disk and check that its folder is writable.</source>
            <translation>Die Aufnahme „{name}“ lässt sich nicht reparieren ({reason}): Schaffen Sie Platz auf dem Datenträger und prüfen Sie, ob in den Ordner geschrieben werden darf.</translation>
        </message>
        <message>
            <source>The session "{name}" is being recorded: stop it first.</source>
            <translation>Die Aufnahme „{name}“ läuft noch: Beenden Sie sie zuerst.</translation>
        </message>
        <message>
            <source>The session "{session}" contains no audio: choose another.</source>
            <translation>Die Aufnahme „{session}“ enthält keinen Ton: Wählen Sie eine andere.</translation>
        </message>
        <message>
            <source>The session "{session}" is being recorded by another program: start a new one.</source>
            <translation>Die Aufnahme „{session}“ läuft in einem anderen Programm: Beginnen Sie eine neue.</translation>
        </message>
        <message>
            <source>The session "{session}" is being recorded: stop it, then empty the bin.</source>
            <translation>Die Aufnahme „{session}“ läuft noch: Beenden Sie sie und leeren Sie dann den Papierkorb.</translation>
        </message>
        <message>
            <source>The session {session} contains no audio; choose another.</source>
            <translation>Die Aufnahme {session} enthält keinen Ton; wählen Sie eine andere.</translation>
        </message>
        <message>
            <source>The session {source} has not been corrected; give its text with --text.</source>
            <translation>Die Aufnahme {source} wurde nicht korrigiert; nennen Sie ihren Text mit --text.</translation>
        </message>
        <message>
            <source>The settings cannot be saved in {file} ({reason}): check its disk space and permissions.</source>
            <translation>Die Einstellungen lassen sich nicht in {file} speichern ({reason}): Prüfen Sie den Platz auf dem Datenträger und die Zugriffsrechte.</translation>
        </message>
        <message>
            <source>The settings could not be read, so the defaults are used; the old file is now {kept}.</source>
            <translation>Die Einstellungen ließen sich nicht lesen, deshalb gelten die Voreinstellungen; die alte Datei heißt jetzt {kept}.</translation>
        </message>
        <message>
            <source>The settings in {file} cannot be read ({reason}), so the defaults are used.</source>
            <translation>Die Einstellungen in {file} lassen sich nicht lesen ({reason}), deshalb gelten die Voreinstellungen.</translation>
        </message>
        <message>
            <source>The shortcuts could not be set: {reason}</source>
            <translation>Die Tastenkürzel ließen sich nicht einrichten: {reason}</translation>
        </message>
        <message>
            <source>The shortcuts were not allowed in the desktop's dialog; set them again.</source>
            <translation>Die Tastenkürzel wurden im Dialog des Desktops nicht erlaubt; wählen Sie sie neu.</translation>
        </message>
        <message>
            <source>The shortest subtitle time must be above 0 and at most the longest; got {min_seconds:g} and {max_seconds:g} seconds.</source>
            <translation>Die kürzeste Untertiteldauer muss über 0 liegen und höchstens so lang sein wie die längste; es sind {min_seconds:g} und {max_seconds:g} Sekunden.</translation>
        </message>
        <message>
            <source>The source code of ASR Desktop is under Apache-2.0. FFmpeg comes with x264 and x265 here, so a package that includes it is distributed as a whole under GPL-3.0-or-later; each part keeps its own license.</source>
            <translation>Der Quelltext von ASR Desktop steht unter Apache-2.0. FFmpeg bringt hier x264 und x265 mit; ein Paket, das es enthält, wird daher als Ganzes unter GPL-3.0-or-later weitergegeben. Jeder Teil behält seine eigene Lizenz.</translation>
        </message>
        <message>
            <source>The temporary files of a language model cannot be written to {folder} ({reason}); free up disk space there, or choose another folder for them (--temporary).</source>
            <translation>Die Zwischendateien eines Sprachmodells können nicht nach {folder} geschrieben werden ({reason}); schaffen Sie dort Platz, oder lassen Sie Zwischendateien woanders ablegen (--temporary).</translation>
        </message>
        <message>
            <source>The text cannot be stored in {parent} ({reason}); free up disk space.</source>
            <translation>Der Text lässt sich nicht in {parent} speichern ({reason}); schaffen Sie Platz.</translation>
        </message>
        <message>
            <source>The text is no longer at the cursor. Select it, then insert this one.</source>
            <translation>Der Text steht nicht mehr am Cursor. Markieren Sie ihn und fügen Sie dann diesen ein.</translation>
        </message>
        <message>
            <source>The texts contain no word that the model knows; check that they are in its language.</source>
            <translation>Die Texte enthalten kein Wort, das das Modell kennt; sind sie in seiner Sprache?</translation>
        </message>
        <message>
            <source>The texts have too few sentences to set some aside for testing; add more sentences, with full stops between them.</source>
            <translation>Die Texte haben zu wenige Sätze, um einige davon zurückzulegen; fügen Sie welche mit Punkten dazwischen hinzu.</translation>
        </message>
        <message>
            <source>The timestamps of {name} jump at {time}: later times may differ from those shown by a player.</source>
            <translation>Die Zeitstempel von {name} springen bei {time}: Spätere Zeiten können von denen eines Abspielprogramms abweichen.</translation>
        </message>
        <message>
            <source>The transcript in "{session}" cannot be written ({reason}): free space on its disk; `asr-desktop recover` then transcribes the rest of the recording.</source>
            <translation>Das Transkript in „{session}“ lässt sich nicht schreiben ({reason}): Schaffen Sie Platz auf dem Datenträger; `asr-desktop recover` erkennt dann den Rest der Aufnahme.</translation>
        </message>
        <message>
            <source>The transcription was stopped.</source>
            <translation>Die Transkription wurde abgebrochen.</translation>
        </message>
        <message>
            <source>The transcripts contain too few letters to build an alphabet; check that they contain words.</source>
            <translation>Die Texte enthalten zu wenige Buchstaben für ein Alphabet; prüfen Sie, ob es Wörter sind.</translation>
        </message>
        <message>
            <source>The watched folder {folder} was not found: connect its disk, or stop watching it.</source>
            <translation>Der überwachte Ordner {folder} ist nicht da: Schließen Sie seinen Datenträger an oder entfernen Sie ihn aus der Liste.</translation>
        </message>
        <message>
            <source>The weights in {folder} are a pickle file that contains code, so they are not loaded; get the model with its weights in model.safetensors.</source>
            <translation>Die Gewichte in {folder} sind eine Pickle-Datei, die mehr als Zahlen enthält und jedes Programm ausführen könnte; sie werden deshalb nicht geladen. Besorgen Sie das Modell mit Gewichten in model.safetensors.</translation>
        </message>
        <message>
            <source>The weights in {folder} are damaged, or not PyTorch weights; download them again.</source>
            <translation>Die Gewichte in {folder} sind beschädigt oder keine Gewichte von PyTorch; holen Sie sie noch einmal.</translation>
        </message>
        <message>
            <source>The window for {folder} is already open but not responding; wait a moment and try again, or quit the other asr-desktop.</source>
            <translation>Das Fenster von {folder} ist schon offen, antwortet aber nicht; warten Sie einen Moment und starten Sie noch einmal, oder beenden Sie das andere asr-desktop.</translation>
        </message>
        <message>
            <source>The window in front did not take the text.</source>
            <translation>Das vordere Fenster hat den Text nicht angenommen.</translation>
        </message>
        <message>
            <source>There are no sentences to read in “{language}” (available: {names}); choose a text of your own.</source>
            <translation>Es gibt keine Sätze zum Vorlesen auf „{language}“ (es gibt: {names}); nennen Sie einen eigenen Text.</translation>
        </message>
        <message>
            <source>There are no texts like {names} in {folder}; check the recipe and the folder.</source>
            <translation>In {folder} gibt es keine Texte wie {names}; prüfen Sie das Rezept und den Ordner.</translation>
        </message>
        <message>
            <source>There are only {count} words in your texts; add at least {least_words}, ideally several thousand.</source>
            <translation>In Ihren Texten stehen {count} Wörter; nötig sind mindestens {least_words}, besser einige Tausend.</translation>
        </message>
        <message>
            <source>There are only {seconds:.0f} seconds of your speech; record or correct at least one minute, ideally ten.</source>
            <translation>Von Ihnen gibt es {seconds:.0f} Sekunden Sprache; nehmen Sie mindestens eine Minute auf oder korrigieren Sie so viel, besser zehn.</translation>
        </message>
        <message>
            <source>There is no Ray cluster at {address} ({reason}): start it with “ray start --head”, and check the address and that all machines have the same versions of Ray and Python.</source>
            <translation>Unter {address} gibt es keinen Ray-Cluster ({reason}): Starten Sie ihn mit „ray start --head“, und prüfen Sie die Adresse und ob alle Rechner dieselben Versionen von Ray und Python haben.</translation>
        </message>
        <message>
            <source>There is no decoder {decoder!r}; choose beam or greedy.</source>
            <translation>Es gibt keinen Decoder {decoder!r}; wählen Sie beam oder greedy.</translation>
        </message>
        <message>
            <source>There is no input "{wanted}": choose one of {inputs}.</source>
            <translation>Es gibt keinen Eingang „{wanted}“; wählen Sie einen von diesen: {inputs}.</translation>
        </message>
        <message>
            <source>There is no key "{key}"; write it like Ctrl+Return.</source>
            <translation>Es gibt keine Taste „{key}“; schreiben Sie sie wie Ctrl+Return.</translation>
        </message>
        <message>
            <source>There is no key {key}.</source>
            <translation>Es gibt keine Taste {key}.</translation>
        </message>
        <message>
            <source>There is no language model at {path}; choose a KenLM file, or the folder that contains it.</source>
            <translation>Bei {path} liegt kein Sprachmodell; nennen Sie eine KenLM-Datei oder den Ordner, in dem sie liegt.</translation>
        </message>
        <message>
            <source>There is no layout “{format}”; choose one of {names}.</source>
            <translation>Es gibt kein Format „{format}“; wählen Sie eines von {names}.</translation>
        </message>
        <message>
            <source>There is no model “{model}”: it is neither a folder nor one of the installed models ({installed}); check its name.</source>
            <translation>Es gibt kein Modell „{model}“: Es ist weder ein Ordner noch eines der installierten Modelle ({installed}); prüfen Sie den Namen.</translation>
        </message>
        <message>
            <source>There is no model “{name}” to remove; see: asr-desktop models list</source>
            <translation>Es gibt kein Modell „{name}“ zu entfernen; siehe: asr-desktop models list</translation>
        </message>
        <message>
            <source>There is no model “{name}”; available models: {known}.</source>
            <translation>Es gibt kein Modell „{name}“; bekannt sind: {known}.</translation>
        </message>
        <message>
            <source>There is no screen to dictate on.</source>
            <translation>Es gibt keinen Bildschirm, auf dem diktiert werden kann.</translation>
        </message>
        <message>
            <source>There is no session "{name_or_path}": `asr-desktop sessions` lists those that exist.</source>
            <translation>Es gibt keine Aufnahme „{name_or_path}“: `asr-desktop sessions` nennt die vorhandenen.</translation>
        </message>
        <message>
            <source>There is no speech to learn from yet: read some sentences aloud, or correct transcripts and teach the model with them.</source>
            <translation>Es gibt noch nichts Gesprochenes, woraus gelernt werden kann: Lesen Sie einige Sätze vor, oder verbessern Sie Texte und bringen Sie sie dem Modell bei.</translation>
        </message>
        <message>
            <source>There is no way to type into other programs here.</source>
            <translation>Hier kann nicht in andere Programme getippt werden.</translation>
        </message>
        <message>
            <source>There is not enough memory for batches of {seconds:g} s. To resume with smaller ones, run the same command again with --set batches.seconds={smaller} --set batches.accumulation={more}.</source>
            <translation>Der Arbeitsspeicher reicht nicht für {seconds:g} s auf einmal; starten Sie denselben Befehl noch einmal mit --set batches.seconds={smaller} --set batches.accumulation={more}, es geht beim gespeicherten Stand weiter.</translation>
        </message>
        <message>
            <source>There is not enough speech to learn from and to test on; record more.</source>
            <translation>Es gibt zu wenig Sprache zum Lernen und zum Messen; nehmen Sie noch etwas auf.</translation>
        </message>
        <message>
            <source>There is too little speech to remember this voice by ({seconds:.0f} s): mark at least {least:.0f} s of it.</source>
            <translation>Um sich diese Stimme zu merken, ist zu wenig Sprache da ({seconds:.0f} s): Markieren Sie mindestens {least:.0f} s davon.</translation>
        </message>
        <message>
            <source>This desktop lets no program have global shortcuts; set one in its keyboard settings that runs: asr-desktop toggle</source>
            <translation>Dieser Desktop gibt Programmen keine globalen Tastenkürzel; richten Sie in seinen Tastatureinstellungen eines ein, das Folgendes ausführt: asr-desktop toggle</translation>
        </message>
        <message>
            <source>This keyboard has no key {key}.</source>
            <translation>Diese Tastatur hat keine Taste {key}.</translation>
        </message>
        <message>
            <source>This keyboard has too few free keys to type the text; paste it.</source>
            <translation>Diese Tastatur hat zu wenige freie Tasten, um den Text zu tippen; fügen Sie ihn ein.</translation>
        </message>
        <message>
            <source>This keyboard layout cannot type “{character}”.</source>
            <translation>Mit dieser Tastaturbelegung lässt sich „{character}“ nicht tippen.</translation>
        </message>
        <message>
            <source>This model must be converted first, which needs {names}; install with: {command}</source>
            <translation>Dieses Modell muss zuerst umgewandelt werden, und dazu fehlt {names}; installieren Sie das mit: {command}</translation>
        </message>
        <message>
            <source>This model must be converted first. {advice}</source>
            <translation>Dieses Modell muss zuerst umgewandelt werden. {advice}</translation>
        </message>
        <message>
            <source>This package does not include training: install the Python package of the same version as well ({command}); both use the same models and recordings.</source>
            <translation>Dieses Paket enthält das Training nicht: Installieren Sie zusätzlich das Python-Paket derselben Version ({command}); beide verwenden dieselben Modelle und Aufnahmen.</translation>
        </message>
        <message>
            <source>This recording has already been started: create a new one.</source>
            <translation>Diese Aufnahme wurde schon einmal begonnen: Legen Sie eine neue an.</translation>
        </message>
        <message>
            <source>This screen's X server lets no program type (no XTEST).</source>
            <translation>Der X-Server dieses Bildschirms lässt kein Programm tippen (XTEST fehlt).</translation>
        </message>
        <message>
            <source>This version is {months} months old. Look for a newer one where you got it; the program never looks by itself.</source>
            <translation>Diese Version ist {months} Monate alt. Sehen Sie dort nach einer neueren, woher Sie diese haben; das Programm sucht nie selbst danach.</translation>
        </message>
        <message>
            <source>To train models: {command}</source>
            <translation>Um Modelle zu trainieren: {command}</translation>
        </message>
        <message>
            <source>Too many levels of symbolic links</source>
            <translation>zu viele Verknüpfungen hintereinander</translation>
        </message>
        <message>
            <source>Too many open files</source>
            <translation>zu viele offene Dateien</translation>
        </message>
        <message>
            <source>Turkish</source>
            <translation>Türkisch</translation>
        </message>
        <message>
            <source>Typing was not allowed in your desktop's dialog.</source>
            <translation>Das Schreiben wurde im Dialog Ihres Desktops nicht erlaubt.</translation>
        </message>
        <message>
            <source>Ukrainian</source>
            <translation>Ukrainisch</translation>
        </message>
        <message>
            <source>Ukrainian, large</source>
            <translation>Ukrainisch, groß</translation>
        </message>
        <message>
            <source>Unanticipated host error</source>
            <translation>unerwarteter Fehler des Tonsystems</translation>
        </message>
        <message>
            <source>Unsaved corrections were found but cannot be read; the file was set aside as {aside}.</source>
            <translation>Es gibt ungespeicherte Korrekturen, aber sie lassen sich nicht lesen; die Datei wurde als {aside} beiseitegelegt.</translation>
        </message>
        <message>
            <source>Version {present} of “{name}” is the first; there is no earlier one.</source>
            <translation>Version {present} von „{name}“ ist die erste; davor gibt es keine.</translation>
        </message>
        <message>
            <source>Wait timed out</source>
            <translation>keine Antwort zur rechten Zeit</translation>
        </message>
        <message>
            <source>Watching has stopped: {failure} Start it again.</source>
            <translation>Es wird nichts mehr überwacht: {failure} Starten Sie es noch einmal.</translation>
        </message>
        <message>
            <source>Write "program=type" or "program=paste", one per line: {entry}</source>
            <translation>Schreiben Sie „Programm=type“ oder „Programm=paste“, eines pro Zeile: {entry}</translation>
        </message>
        <message>
            <source>XLS-R fine-tuned on Common Voice.</source>
            <translation>XLS-R, auf Common Voice trainiert.</translation>
        </message>
        <message>
            <source>XLSR-53 fine-tuned on Common Voice, with a large language model of its own.</source>
            <translation>XLSR-53, auf Common Voice trainiert, mit eigenem großem Sprachmodell.</translation>
        </message>
        <message>
            <source>XLSR-53 fine-tuned on Common Voice; the size does not include its language model.</source>
            <translation>XLSR-53, auf Common Voice trainiert; die Größe ist ohne sein Sprachmodell, das noch dazukommt.</translation>
        </message>
        <message>
            <source>You do not have permission to read the folder {folder} ({reason}); change its permissions.</source>
            <translation>Der Ordner {folder} darf nicht gelesen werden ({reason}); ändern Sie seine Zugriffsrechte.</translation>
        </message>
        <message>
            <source>You do not have permission to write {path}; choose another folder, or close the file in other programs.</source>
            <translation>{path} darf nicht geschrieben werden; wählen Sie einen anderen Ordner oder schließen Sie die Datei in anderen Programmen.</translation>
        </message>
        <message>
            <source>You have not corrected or confirmed anything here yet, so the model would only learn its own mistakes. Correct or confirm some segments and try again.</source>
            <translation>Sie haben hier noch nichts korrigiert oder bestätigt; das Modell würde nur seine eigenen Fehler lernen. Korrigieren Sie, was falsch ist, oder bestätigen Sie die richtigen Abschnitte, und versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <source>You have read all sentences; choose a text of your own to continue.</source>
            <translation>Alle Sätze sind gelesen; nennen Sie einen eigenen Text, um weiterzumachen.</translation>
        </message>
        <message>
            <source>Your desktop asks whether ASR Desktop may type; allow it, then insert the text.</source>
            <translation>Ihr Desktop fragt, ob ASR Desktop schreiben darf; erlauben Sie es und fügen Sie dann den Text ein.</translation>
        </message>
        <message>
            <source>Your desktop did not take the text: {reason}</source>
            <translation>Ihr Desktop hat den Text nicht angenommen: {reason}</translation>
        </message>
        <message>
            <source>a huge number</source>
            <translation>eine riesige Zahl</translation>
        </message>
        <message>
            <source>a list, in square brackets</source>
            <translation>eine Liste in eckigen Klammern</translation>
        </message>
        <message>
            <source>a number</source>
            <translation>eine Zahl</translation>
        </message>
        <message>
            <source>a number from {least} to {most}</source>
            <translation>eine Zahl von {least} bis {most}</translation>
        </message>
        <message>
            <source>a number in it is out of range</source>
            <translation>eine Zahl darin liegt außerhalb jedes Bereichs</translation>
        </message>
        <message>
            <source>a table of settings</source>
            <translation>eine Tabelle mit Einstellungen</translation>
        </message>
        <message>
            <source>a text</source>
            <translation>ein Text</translation>
        </message>
        <message>
            <source>a whole number</source>
            <translation>eine ganze Zahl</translation>
        </message>
        <message>
            <source>a whole number from {least} to {most}</source>
            <translation>eine ganze Zahl von {least} bis {most}</translation>
        </message>
        <message>
            <source>attempt to write a readonly database</source>
            <translation>die Datenbank ist schreibgeschützt</translation>
        </message>
        <message>
            <source>between {start:.1f} and {end:.1f} s</source>
            <translation>zwischen {start:.1f} und {end:.1f} s</translation>
        </message>
        <message>
            <source>cannot be read or written ({reason}): check its disk</source>
            <translation>lässt sich nicht lesen oder schreiben ({reason}): Prüfen Sie den Datenträger, auf dem sie liegt</translation>
        </message>
        <message>
            <source>cannot be written: check the permissions of the file and its folder</source>
            <translation>darf nicht geschrieben werden: Prüfen Sie die Zugriffsrechte der Datei und ihres Ordners</translation>
        </message>
        <message>
            <source>cannot grow, the disk is full: free some space and try again</source>
            <translation>kann nicht wachsen, der Datenträger ist voll: Schaffen Sie Platz und versuchen Sie es noch einmal</translation>
        </message>
        <message>
            <source>check the address of the hub</source>
            <translation>prüfen Sie die Adresse des Modell-Hubs</translation>
        </message>
        <message>
            <source>conv_kernel and conv_stride in {path} must be lists of numbers.</source>
            <translation>conv_kernel und conv_stride in {path} müssen Listen von Zahlen sein.</translation>
        </message>
        <message>
            <source>database disk image is malformed</source>
            <translation>die Datenbank ist beschädigt</translation>
        </message>
        <message>
            <source>database is locked</source>
            <translation>die Datenbank ist gesperrt</translation>
        </message>
        <message>
            <source>database or disk is full</source>
            <translation>der Datenträger ist voll</translation>
        </message>
        <message>
            <source>disk I/O error</source>
            <translation>Ein-/Ausgabefehler des Datenträgers</translation>
        </message>
        <message>
            <source>file is not a database</source>
            <translation>die Datei ist keine Datenbank</translation>
        </message>
        <message>
            <source>from {start:.1f} s to the next pause</source>
            <translation>von {start:.1f} s bis zur nächsten Pause</translation>
        </message>
        <message>
            <source>in {place}, {reason}</source>
            <translation>in {place}: {reason}</translation>
        </message>
        <message>
            <source>is in use by another program: try again in a moment</source>
            <translation>ist von einem anderen Programm belegt: Versuchen Sie es gleich noch einmal</translation>
        </message>
        <message>
            <source>it ended without a message</source>
            <translation>sie endete ohne Meldung</translation>
        </message>
        <message>
            <source>it has a line of more than {most} letters</source>
            <translation>eine Zeile darin hat mehr als {most} Zeichen</translation>
        </message>
        <message>
            <source>it has no "version"</source>
            <translation>"version" fehlt</translation>
        </message>
        <message>
            <source>it has no desktop portal</source>
            <translation>er hat kein Desktop-Portal</translation>
        </message>
        <message>
            <source>it is a PDF; save its text as a text file</source>
            <translation>sie ist ein PDF; speichern Sie ihren Text als Textdatei</translation>
        </message>
        <message>
            <source>it is a formatted document (RTF); save it as plain text</source>
            <translation>sie ist ein formatiertes Dokument (RTF); speichern Sie sie als reinen Text</translation>
        </message>
        <message>
            <source>it is a pipe, a socket or a device, not a file</source>
            <translation>das ist eine Pipe, ein Socket oder ein Gerät, keine Datei</translation>
        </message>
        <message>
            <source>it is a workbook or another packed document; save it as CSV UTF-8</source>
            <translation>sie ist eine Arbeitsmappe oder ein anderes gepacktes Dokument; speichern Sie sie als CSV UTF-8</translation>
        </message>
        <message>
            <source>it is a workbook or document from an old version of Office; save it as CSV UTF-8</source>
            <translation>sie ist eine Arbeitsmappe oder ein Dokument eines alten Office; speichern Sie sie als CSV UTF-8</translation>
        </message>
        <message>
            <source>it is damaged or incomplete</source>
            <translation>sie ist beschädigt oder abgeschnitten</translation>
        </message>
        <message>
            <source>it is damaged or not a KenLM file (binary or ARPA)</source>
            <translation>sie ist beschädigt oder keine KenLM-Datei (binär oder ARPA)</translation>
        </message>
        <message>
            <source>it is damaged: its checksum is not the one that it came with</source>
            <translation>sie ist beschädigt: Ihre Prüfsumme ist nicht die, mit der sie kam</translation>
        </message>
        <message>
            <source>it is in UTF-32; save it as UTF-8</source>
            <translation>sie ist in UTF-32; speichern Sie sie als UTF-8</translation>
        </message>
        <message>
            <source>it is larger than {most:g} MB, which is too large</source>
            <translation>sie ist größer als {most:g} MB, weit mehr als sie braucht</translation>
        </message>
        <message>
            <source>it is neither UTF-8 nor Windows-1252; save it as UTF-8</source>
            <translation>sie ist weder UTF-8 noch Windows-1252; speichern Sie sie als UTF-8</translation>
        </message>
        <message>
            <source>it is not a KenLM file (binary or ARPA)</source>
            <translation>sie ist keine KenLM-Datei (binär oder ARPA)</translation>
        </message>
        <message>
            <source>it is not a safetensors file, or it is incomplete</source>
            <translation>sie ist keine safetensors-Datei oder abgeschnitten</translation>
        </message>
        <message>
            <source>it is not text</source>
            <translation>sie ist kein Text</translation>
        </message>
        <message>
            <source>it is not text in UTF-8 (byte {position})</source>
            <translation>sie ist kein Text in UTF-8 (Byte {position})</translation>
        </message>
        <message>
            <source>it is not text; save it as plain text</source>
            <translation>sie enthält keinen Text; speichern Sie sie als reinen Text</translation>
        </message>
        <message>
            <source>it is not valid JSON: {reason}</source>
            <translation>sie ist kein gültiges JSON: {reason}</translation>
        </message>
        <message>
            <source>it is not valid TOML: {reason}</source>
            <translation>sie ist kein gültiges TOML: {reason}</translation>
        </message>
        <message>
            <source>it needs more memory than is available, or than a network of its size should need</source>
            <translation>es verlangt mehr Speicher, als da ist oder als ein Netz seiner Größe braucht</translation>
        </message>
        <message>
            <source>it was built by another version of KenLM or the build did not finish</source>
            <translation>sie stammt von einer anderen Version von KenLM oder wurde nicht fertig gebaut</translation>
        </message>
        <message>
            <source>its graphs are nested too deeply</source>
            <translation>seine Graphen sind zu tief verschachtelt</translation>
        </message>
        <message>
            <source>its header does not match its contents; it is damaged or incomplete</source>
            <translation>ihr Kopf passt nicht zum Inhalt; sie ist beschädigt oder abgeschnitten</translation>
        </message>
        <message>
            <source>its libraries could not be loaded</source>
            <translation>seine Bibliotheken ließen sich nicht laden</translation>
        </message>
        <message>
            <source>its lists and tables are nested too deeply</source>
            <translation>Listen und Tabellen darin sind zu tief verschachtelt</translation>
        </message>
        <message>
            <source>its subtitles are damaged</source>
            <translation>die Untertitel darin sind beschädigt</translation>
        </message>
        <message>
            <source>its text in UTF-16 is damaged or incomplete</source>
            <translation>ihr Text in UTF-16 ist beschädigt oder abgeschnitten</translation>
        </message>
        <message>
            <source>languages has to be a list of codes</source>
            <translation>languages muss eine Liste von Kürzeln sein</translation>
        </message>
        <message>
            <source>one of {choices}</source>
            <translation>eins von {choices}</translation>
        </message>
        <message>
            <source>segment {number}</source>
            <translation>Segment {number}</translation>
        </message>
        <message>
            <source>sounds like “{recognised}”, not “{transcript}”</source>
            <translation>klingt wie „{recognised}“, nicht wie „{transcript}“</translation>
        </message>
        <message>
            <source>speech at {speech_dbfs:.0f} dB</source>
            <translation>Sprache bei {speech_dbfs:.0f} dB</translation>
        </message>
        <message>
            <source>spoken word {number}</source>
            <translation>gesprochenes Wort {number}</translation>
        </message>
        <message>
            <source>stopped sending audio</source>
            <translation>liefert keinen Ton mehr</translation>
        </message>
        <message>
            <source>the content</source>
            <translation>der Inhalt</translation>
        </message>
        <message>
            <source>the file</source>
            <translation>die Datei</translation>
        </message>
        <message>
            <source>the quotation marks in line {number} do not match: a cell that starts with one must end with one, and those inside must be doubled</source>
            <translation>die Anführungszeichen in Zeile {number} passen nicht: eine Zelle, die mit einem beginnt, muss mit einem enden, und solche darin werden verdoppelt</translation>
        </message>
        <message>
            <source>the same as {item}</source>
            <translation>dieselbe wie {item}</translation>
        </message>
        <message>
            <source>the same sound as {item}</source>
            <translation>derselbe Ton wie {item}</translation>
        </message>
        <message>
            <source>true or false</source>
            <translation>true oder false</translation>
        </message>
        <message>
            <source>try again later</source>
            <translation>versuchen Sie es später noch einmal</translation>
        </message>
        <message>
            <source>unable to open database file</source>
            <translation>die Datenbank lässt sich nicht öffnen</translation>
        </message>
        <message>
            <source>vocab.json in {folder} contains the vocabularies of several languages ({known}); set target_lang in tokenizer_config.json to the one the network was saved with.</source>
            <translation>vocab.json in {folder} enthält die Vokabulare mehrerer Sprachen ({known}); nennen Sie in tokenizer_config.json als target_lang die, mit der das Netz gespeichert wurde.</translation>
        </message>
        <message>
            <source>vocab.json in {folder} gives {first!r} and {token!r} the same label {label}.</source>
            <translation>vocab.json in {folder} gibt {first!r} und {token!r} dieselbe Nummer {label}.</translation>
        </message>
        <message>
            <source>vocab.json in {folder} gives {token!r} the label {label}; it must be a whole number.</source>
            <translation>vocab.json in {folder} gibt {token!r} die Nummer {label}; es muss eine ganze Zahl sein.</translation>
        </message>
        <message>
            <source>vocab.json in {folder} has {count} tokens, but labels up to {highest}; download or create it again.</source>
            <translation>vocab.json in {folder} hat {count} Zeichen, aber Nummern bis {highest}; laden oder erstellen Sie die Datei neu.</translation>
        </message>
        <message>
            <source>vocab.json in {folder} is empty; it must list the model's labels.</source>
            <translation>vocab.json in {folder} ist leer; dort müssen die Zeichen des Modells stehen.</translation>
        </message>
        <message>
            <source>vocab.json in {folder} lists {count:,} labels, more than any model has ({most:,}); download or create it again.</source>
            <translation>vocab.json in {folder} nennt {count:,} Zeichen, mehr als irgendein Modell hat ({most:,}); laden oder erzeugen Sie die Datei neu.</translation>
        </message>
        <message>
            <source>vocab.json in {path} lists {count} labels, but {name} has {size} outputs; they do not match.</source>
            <translation>vocab.json in {path} nennt {count} Zeichen, {name} hat aber {size} Ausgänge; die beiden gehören nicht zusammen.</translation>
        </message>
        <message>
            <source>voice only {ratio:.0f} dB above the noise</source>
            <translation>Stimme nur {ratio:.0f} dB über dem Rauschen</translation>
        </message>
        <message>
            <source>wav2vec2-base in 8 bits, ready to use. The figures are for the original in full precision.</source>
            <translation>wav2vec2-base in 8 Bit, sofort verwendbar. Die Zahlen sind die des Originals in voller Genauigkeit.</translation>
        </message>
        <message>
            <source>word {number}</source>
            <translation>Wort {number}</translation>
        </message>
        <message>
            <source>ydotool types only what a US keyboard has; install wtype.</source>
            <translation>ydotool tippt nur, was eine US-Tastatur hat; installieren Sie wtype.</translation>
        </message>
        <message>
            <source>{asked} is a file; choose its folder, with config.json and vocab.json.</source>
            <translation>{asked} ist eine Datei; nennen Sie den Ordner, in dem sie mit config.json und vocab.json liegt.</translation>
        </message>
        <message>
            <source>{correction}: {number} of {count} passages aligned</source>
            <translation>{correction}: {number} von {count} Abschnitten zugeordnet</translation>
        </message>
        <message>
            <source>{data} does not contain enough usable speech for training and validation; record more, or raise data.most_seconds.</source>
            <translation>{data} lässt nichts zum Lernen oder nichts zum Messen übrig; nehmen Sie mehr auf oder erhöhen Sie data.most_seconds.</translation>
        </message>
        <message>
            <source>{done} of {total} recordings checked, about {left:.0f} s left</source>
            <translation>{done} von {total} Aufnahmen geprüft, noch etwa {left:.0f} s</translation>
        </message>
        <message>
            <source>{failure} cannot be used; {provider} is used instead.</source>
            <translation>{failure} lässt sich nicht verwenden; stattdessen rechnet {provider}.</translation>
        </message>
        <message>
            <source>{file} cannot be written ({reason}): check its disk space and permissions.</source>
            <translation>{file} kann nicht geschrieben werden ({reason}): Prüfen Sie Speicherplatz und Zugriffsrechte.</translation>
        </message>
        <message>
            <source>{file} has {size:,} bytes instead of {promised:,}; it was discarded, so download the model again.</source>
            <translation>{file} hat {size:,} Bytes und nicht die angekündigten {promised:,}; die Datei wurde verworfen, laden Sie das Modell noch einmal.</translation>
        </message>
        <message>
            <source>{file} is damaged (wrong checksum) and was discarded; download the model again.</source>
            <translation>{file} kam beschädigt an (die Prüfsumme stimmt nicht) und wurde verworfen; laden Sie das Modell noch einmal.</translation>
        </message>
        <message>
            <source>{file} of {repository} has {size_bytes:,} bytes on the hub, but {known_bytes:,} in the catalogue; it was changed, so it is not downloaded.</source>
            <translation>{file} von {repository} hat im Modell-Hub {size_bytes:,} Bytes, im Verzeichnis steht die Datei mit {known_bytes:,}; sie wurde verändert und wird deshalb nicht geladen.</translation>
        </message>
        <message>
            <source>{first}, {second}</source>
            <translation>{first}, {second}</translation>
        </message>
        <message>
            <source>{folder} cannot be converted to ONNX ({reason}).</source>
            <translation>{folder} lässt sich nicht in ONNX umwandeln ({reason}).</translation>
        </message>
        <message>
            <source>{folder} cannot be deleted ({reason}): close it in other programs.</source>
            <translation>{folder} lässt sich nicht entfernen ({reason}): Schließen Sie es in anderen Programmen.</translation>
        </message>
        <message>
            <source>{folder} cannot be deleted ({reason}); close what uses it, then try again.</source>
            <translation>{folder} lässt sich nicht löschen ({reason}); schließen Sie, was es benutzt, und versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <source>{folder} contains PyTorch weights but no model.onnx; convert it with: asr-trainer export {folder}</source>
            <translation>{folder} enthält PyTorch-Gewichte, aber keine model.onnx; wandeln Sie sie um mit: asr-trainer export {folder}</translation>
        </message>
        <message>
            <source>{folder} contains a {model_type} network, which cannot be trained with CTC; start from a wav2vec2, HuBERT, WavLM, data2vec, XLS-R or MMS model.</source>
            <translation>{folder} enthält ein {model_type}-Netz, das nicht mit CTC auf Ton trainiert werden kann; beginnen Sie mit einem wav2vec2-, HuBERT-, WavLM-, data2vec-, XLS-R- oder MMS-Modell.</translation>
        </message>
        <message>
            <source>{folder} contains no KenLM language model (*.bin or *.arpa); put one there.</source>
            <translation>{folder} enthält kein KenLM-Sprachmodell (*.bin oder *.arpa); legen Sie eines dorthin.</translation>
        </message>
        <message>
            <source>{folder} contains no manifest.tsv; choose a folder with one, or create one with the columns file, speaker, seconds and transcript.</source>
            <translation>{folder} enthält keine manifest.tsv; nennen Sie einen Ordner mit einer oder legen Sie eine mit den Spalten file, speaker, seconds und transcript an.</translation>
        </message>
        <message>
            <source>{folder} contains no network; put its model.onnx (or model.int8.onnx) there.</source>
            <translation>{folder} enthält kein Netz; legen Sie seine model.onnx (oder model.int8.onnx) dorthin.</translation>
        </message>
        <message>
            <source>{folder} contains several language models ({names}); keep only one.</source>
            <translation>{folder} enthält mehrere Sprachmodelle ({names}); behalten Sie eines davon.</translation>
        </message>
        <message>
            <source>{folder} does not define the CTC blank label; set pad_token in tokenizer_config.json or pad_token_id in config.json.</source>
            <translation>{folder} sagt nicht, welches Zeichen das CTC-Leerzeichen ist; nennen Sie es als pad_token in tokenizer_config.json oder als pad_token_id in config.json.</translation>
        </message>
        <message>
            <source>{folder} has no CTC head with labels (vocab.json and a …ForCTC network); set start.head=new to add one.</source>
            <translation>{folder} hat keine Ausgabe mit Zeichen (vocab.json und ein …ForCTC-Netz), die bleiben könnte; mit start.head=new bekommt es eine.</translation>
        </message>
        <message>
            <source>{folder} has no PyTorch weights ({safetensors} or {pickle}), and an ONNX graph alone cannot be trained; download the weights of the same model.</source>
            <translation>{folder} enthält keine PyTorch-Gewichte ({safetensors} oder {pickle}), und ein ONNX-Netz allein kann nichts lernen; laden Sie die Gewichte desselben Modells.</translation>
        </message>
        <message>
            <source>{folder} has no Whisper weights ({names}); download the whole checkpoint.</source>
            <translation>{folder} enthält keine Gewichte von Whisper ({names}); laden Sie den ganzen Checkpoint herunter.</translation>
        </message>
        <message>
            <source>{folder} has no config.json; choose a model folder, or a checkpoint folder in the Hugging Face layout.</source>
            <translation>{folder} enthält keine config.json; nennen Sie einen Modellordner oder einen Ordner in der Form von Hugging Face.</translation>
        </message>
        <message>
            <source>{folder} has no config.json; name the folder of a Hugging Face checkpoint.</source>
            <translation>{folder} hat keine config.json; nennen Sie den Ordner eines Hugging-Face-Modells.</translation>
        </message>
        <message>
            <source>{folder} has no {name}, which a model folder needs.</source>
            <translation>{folder} hat keine Datei {name}; ein Modellordner braucht sie.</translation>
        </message>
        <message>
            <source>{folder} is a {kind} network, which can only run in ONNX Runtime, from a model.onnx.</source>
            <translation>{folder} ist ein {kind}-Netz, das nur ONNX Runtime ausführen kann, und zwar aus einer model.onnx.</translation>
        </message>
        <message>
            <source>{folder} is not a folder; a model is a folder with config.json, vocab.json and model.onnx.</source>
            <translation>{folder} ist kein Ordner; ein Modell ist ein Ordner mit config.json, vocab.json und model.onnx.</translation>
        </message>
        <message>
            <source>{folder} is not a folder; choose another place for the export.</source>
            <translation>{folder} ist kein Ordner; wählen Sie einen anderen Ort für den Export.</translation>
        </message>
        <message>
            <source>{folder} is not a library entry (their folders have names such as 000017); it was left unchanged.</source>
            <translation>{folder} ist kein Eintrag der Bibliothek, deren Ordner Namen wie 000017 haben; der Ordner bleibt, wie er ist.</translation>
        </message>
        <message>
            <source>{folder} lacks trained weights ({missing}): it is only pre-trained, so train it first with: asr-trainer train --from {folder}</source>
            <translation>{folder} fehlen trainierte Gewichte ({missing}): Es ist nur vortrainiert; trainieren Sie es zuerst mit: asr-trainer train --from {folder}</translation>
        </message>
        <message>
            <source>{gigabytes:.1f} GB</source>
            <translation>{gigabytes:.1f} GB</translation>
        </message>
        <message>
            <source>{home} cannot be written ({reason}); check its permissions, or move the data folder with {variable}.</source>
            <translation>In {home} lässt sich nicht schreiben ({reason}); ändern Sie die Zugriffsrechte oder verlegen Sie den Datenordner mit {variable}.</translation>
        </message>
        <message>
            <source>{index} lists weights that are missing (“{name}”); download the model again.</source>
            <translation>{index} nennt Gewichte, die nicht daneben liegen („{name}“); laden Sie das Modell neu.</translation>
        </message>
        <message>
            <source>{inner} of {outer}</source>
            <translation>{inner} in {outer}</translation>
        </message>
        <message>
            <source>{key} does not exist; choose from {names}</source>
            <translation>{key} gibt es nicht; möglich sind {names}</translation>
        </message>
        <message>
            <source>{key} is missing</source>
            <translation>{key} fehlt</translation>
        </message>
        <message>
            <source>{key} is {value}; it must be {expected}</source>
            <translation>{key} ist {value}; es muss {expected} sein</translation>
        </message>
        <message>
            <source>{key}: {reason}</source>
            <translation>{key}: {reason}</translation>
        </message>
        <message>
            <source>{letters} letters in {spoken_seconds:.1f} s of speech</source>
            <translation>{letters} Buchstaben in {spoken_seconds:.1f} s Sprache</translation>
        </message>
        <message>
            <source>{machine} does not have {path}, which this machine has: connect the disk under the same path on all machines, and run the command again, which goes on with what is left.</source>
            <translation>{machine} hat {path} nicht, wohl aber dieser Computer: Verbinden Sie das Laufwerk auf allen Computern unter demselben Pfad, und führen Sie den Befehl noch einmal aus; er macht mit dem Rest weiter.</translation>
        </message>
        <message>
            <source>{machine} has version {theirs} of the program and this machine {ours}: install the same one on all machines.</source>
            <translation>{machine} hat Version {theirs} des Programms, dieser Rechner {ours}: Installieren Sie auf allen Rechnern dieselbe.</translation>
        </message>
        <message>
            <source>{megabytes} MB</source>
            <translation>{megabytes} MB</translation>
        </message>
        <message>
            <source>{name} cannot be opened ({reason}): check its name and its disk.</source>
            <translation>{name} lässt sich nicht öffnen ({reason}): Prüfen Sie Namen und Laufwerk.</translation>
        </message>
        <message>
            <source>{name} cannot be read ({reason}): check its disk.</source>
            <translation>{name} lässt sich nicht lesen ({reason}): Prüfen Sie den Datenträger.</translation>
        </message>
        <message>
            <source>{name} contains no audio at {start_seconds:.2f} s; fix the transcript's times.</source>
            <translation>{name} enthält bei {start_seconds:.2f} s keinen Ton; berichtigen Sie die Zeiten des Transkripts.</translation>
        </message>
        <message>
            <source>{name} contains no config.json, so it is not a model in the Hugging Face layout.</source>
            <translation>{name} enthält keine config.json und ist deshalb kein Modell in der Form von Hugging Face.</translation>
        </message>
        <message>
            <source>{name} contains no network that the program can use (ONNX, safetensors or pytorch_model.bin).</source>
            <translation>{name} enthält kein Netz, mit dem das Programm arbeiten kann (ONNX, safetensors oder pytorch_model.bin).</translation>
        </message>
        <message>
            <source>{name} contains no vocabulary (vocab.json): it was not trained to write text; choose one that is fine-tuned for a language.</source>
            <translation>{name} enthält kein Vokabular (vocab.json): Es wurde nicht darauf trainiert zu schreiben und ist so nicht zu gebrauchen; wählen Sie eines, das für eine Sprache trainiert wurde.</translation>
        </message>
        <message>
            <source>{name} could not be read to its end ({reason}): check that its disk or network drive is still connected and that no other program is changing the file, then try again.</source>
            <translation>{name} ließ sich nicht bis zum Ende lesen ({reason}): Prüfen Sie, ob das Laufwerk noch verbunden ist und kein anderes Programm die Datei ändert, und versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <source>{name} does not exist: check the name, and that its drive is connected.</source>
            <translation>{name} gibt es nicht: Prüfen Sie den Namen, und ob das Laufwerk verbunden ist.</translation>
        </message>
        <message>
            <source>{name} has an impossible sample rate of {sample_rate} Hz, so its header is damaged: copy it again.</source>
            <translation>{name} nennt eine unmögliche Abtastrate von {sample_rate} Hz, ihr Anfang ist beschädigt: Kopieren Sie die Datei noch einmal.</translation>
        </message>
        <message>
            <source>{name} has no audio at {places} ({seconds:.1f} s in total), because recording was paused or the file is damaged: these parts were replaced by silence.</source>
            <translation>{name} enthält keinen Ton bei {places} (insgesamt {seconds:.1f} s), wegen einer Aufnahmepause oder einer Beschädigung: Dort steht Stille.</translation>
        </message>
        <message>
            <source>{name} has no audio track {track}, only {have}: choose {listed}.</source>
            <translation>{name} hat keine Tonspur {track}, sondern {have}: Wählen Sie {listed}.</translation>
        </message>
        <message>
            <source>{name} has no audio track: choose a file with audio.</source>
            <translation>{name} hat keine Tonspur: Wählen Sie eine Datei mit Ton.</translation>
        </message>
        <message>
            <source>{name} has no file {path} at the version {revision}; it cannot be used as it is.</source>
            <translation>{name} hat in der Version {revision} keine Datei {path}; so lässt es sich nicht verwenden.</translation>
        </message>
        <message>
            <source>{name} has no version “{revision}”; leave the version out or choose another.</source>
            <translation>{name} hat keine Version „{revision}“; lassen Sie die Version weg oder wählen Sie eine andere.</translation>
        </message>
        <message>
            <source>{name} in {path}</source>
            <translation>{name} in {path}</translation>
        </message>
        <message>
            <source>{name} is a folder, not a recording: choose the files in it.</source>
            <translation>{name} ist ein Ordner, keine Aufnahme: Wählen Sie die Dateien darin.</translation>
        </message>
        <message>
            <source>{name} is a picture, not a recording: choose an audio or video file.</source>
            <translation>{name} ist ein Bild, keine Aufnahme: Wählen Sie eine Ton- oder Videodatei.</translation>
        </message>
        <message>
            <source>{name} is a pipe, socket or device, not a regular file: save its audio to a file first.</source>
            <translation>{name} ist eine Pipe, ein Socket oder ein Gerät, keine gewöhnliche Datei: Speichern Sie den Ton zuerst in eine Datei.</translation>
        </message>
        <message>
            <source>{name} is a playlist without audio of its own: choose the files it lists.</source>
            <translation>{name} ist eine Abspielliste und enthält selbst keinen Ton: Wählen Sie die Dateien, die sie nennt.</translation>
        </message>
        <message>
            <source>{name} is a text file, not an audio or video file: choose a recording.</source>
            <translation>{name} ist eine Textdatei, keine Ton- oder Videodatei: Wählen Sie eine Aufnahme.</translation>
        </message>
        <message>
            <source>{name} is a video without an audio track: choose a file with audio.</source>
            <translation>{name} ist ein Video ohne Tonspur: Wählen Sie eine Datei mit Ton.</translation>
        </message>
        <message>
            <source>{name} is a web page, not an audio or video file: download the recording itself.</source>
            <translation>{name} ist eine Webseite, keine Ton- oder Videodatei: Laden Sie die Aufnahme selbst noch einmal herunter.</translation>
        </message>
        <message>
            <source>{name} is copy-protected (encrypted) and can only be played by the program or shop it comes from: choose a recording without copy protection.</source>
            <translation>{name} ist kopiergeschützt (verschlüsselt), und nur das Programm oder der Anbieter, von dem die Datei stammt, kann sie abspielen: Wählen Sie eine Aufnahme ohne Kopierschutz.</translation>
        </message>
        <message>
            <source>{name} is cut off at {time}: everything up to there was read; copy it again if it should be longer.</source>
            <translation>{name} ist abgeschnitten und endet vorzeitig, bei {time}: Alles bis dahin wurde gelesen; kopieren Sie die Datei erneut, wenn mehr da sein sollte.</translation>
        </message>
        <message>
            <source>{name} is damaged at {places}: these parts were replaced by silence, and words may be missing.</source>
            <translation>{name} ist beschädigt bei {places}: Dort steht Stille, und Wörter können fehlen.</translation>
        </message>
        <message>
            <source>{name} is damaged or not a transcript in JSON form; export it again from the program.</source>
            <translation>{name} ist beschädigt oder kein Transkript im JSON-Format; exportieren Sie es noch einmal aus dem Programm.</translation>
        </message>
        <message>
            <source>{name} is empty (0 bytes): copy or record it again.</source>
            <translation>{name} ist leer (0 Bytes): Kopieren Sie sie noch einmal, oder nehmen Sie sie neu auf.</translation>
        </message>
        <message>
            <source>{name} is incomplete: its index, which a recorder writes last, is missing; copy it again, or repair it with a tool such as untrunc.</source>
            <translation>{name} wurde vor dem Inhaltsverzeichnis abgeschnitten (das ein Rekorder zuletzt schreibt) und lässt sich nicht abspielen: Kopieren Sie sie noch einmal, oder reparieren Sie sie mit einem Werkzeug wie untrunc.</translation>
        </message>
        <message>
            <source>{name} is not a number</source>
            <translation>{name} ist keine Zahl</translation>
        </message>
        <message>
            <source>{name} is not a transcript that this program can read ({what}); export it again, or take a file that was exported as JSON here.</source>
            <translation>{name} ist kein Transkript, das dieses Programm lesen kann ({what}); exportieren Sie es noch einmal, oder nehmen Sie eine Datei, die hier als JSON exportiert wurde.</translation>
        </message>
        <message>
            <source>{name} is not an audio or video file, or it is damaged: check that it plays in a media player.</source>
            <translation>{name} ist keine Ton- oder Videodatei, oder sie ist beschädigt: Prüfen Sie, ob ein anderes Programm sie abspielt.</translation>
        </message>
        <message>
            <source>{name} is not readable by this user: change its permissions or copy it to a folder of your own.</source>
            <translation>{name} darf von diesem Benutzer nicht gelesen werden: Ändern Sie die Rechte, oder kopieren Sie sie in einen eigenen Ordner.</translation>
        </message>
        <message>
            <source>{name} is only available to those who accepted its conditions; accept them on its page, then set HF_TOKEN to your access token.</source>
            <translation>{name} bekommt nur, wer seine Bedingungen angenommen hat; nehmen Sie sie auf seiner Seite an und setzen Sie dann HF_TOKEN auf Ihr Zugangs-Token.</translation>
        </message>
        <message>
            <source>{name} is part of the program and cannot be removed.</source>
            <translation>{name} wurde mit dem Programm geliefert und bleibt dabei.</translation>
        </message>
        <message>
            <source>{name} is very quiet and was amplified by {gain:.0f} dB: check the words, and set a higher input level for the next recording.</source>
            <translation>Der Ton von {name} ist sehr leise und wurde um {gain:.0f} dB angehoben: Prüfen Sie die Wörter, und stellen Sie für die nächste Aufnahme einen höheren Eingangspegel ein.</translation>
        </message>
        <message>
            <source>{name} no longer contains {names}; choose another model from the catalogue.</source>
            <translation>{name} enthält {names} nicht mehr; nehmen Sie ein anderes Modell aus dem Verzeichnis.</translation>
        </message>
        <message>
            <source>{name} starts with zeros only, as after an interrupted copy: copy it again.</source>
            <translation>{name} beginnt mit lauter Nullen, wie nach einer misslungenen Kopie: Kopieren Sie sie noch einmal.</translation>
        </message>
        <message>
            <source>{name} was read as Windows-1252; if its accents are wrong, save it as CSV UTF-8</source>
            <translation>{name} wurde als Windows-1252 gelesen; wenn Umlaute falsch sind, speichern Sie sie als CSV UTF-8</translation>
        </message>
        <message>
            <source>{name} was written by a newer version of this program (transcript version {version}, this one reads up to {newest}); update the program to open it.</source>
            <translation>{name} stammt von einer neueren Version dieses Programms (Transkript-Version {version}, diese hier liest bis {newest}); aktualisieren Sie das Programm, um es zu öffnen.</translation>
        </message>
        <message>
            <source>{name} was written by a newer version of this program (version {version}, this one reads up to {newest}): update the program to open it.</source>
            <translation>{name} stammt von einer neueren Version dieses Programms (Version {version}, diese hier liest bis {newest}): Aktualisieren Sie das Programm, um es zu öffnen.</translation>
        </message>
        <message>
            <source>{network} cannot be run on {seconds:.1f} s of audio: {reason}.</source>
            <translation>{network} lässt sich auf {seconds:.1f} s Ton nicht ausführen: {reason}.</translation>
        </message>
        <message>
            <source>{network} gave values that are not numbers; it is damaged or badly converted.</source>
            <translation>{network} hat Werte geliefert, die keine Zahlen sind; es ist beschädigt oder schlecht umgewandelt.</translation>
        </message>
        <message>
            <source>{network} has an output of shape {shape}; it must be [batch, frames, labels].</source>
            <translation>{network} liefert eine Ausgabe der Form {shape}; es muss [batch, frames, labels] sein.</translation>
        </message>
        <message>
            <source>{network} has no numeric output; it must be [batch, frames, labels].</source>
            <translation>{network} gibt keine Zahlen aus; es muss [batch, frames, labels] liefern.</translation>
        </message>
        <message>
            <source>{network} needs an input of shape {shape}; it must be [batch, samples].</source>
            <translation>{network} verlangt eine Eingabe der Form {shape}; es muss [batch, samples] sein.</translation>
        </message>
        <message>
            <source>{network} needs the inputs ({listed}); the program can only provide samples and a mask.</source>
            <translation>{network} verlangt die Eingaben ({listed}); das Programm kann nur den Ton und eine Maske liefern.</translation>
        </message>
        <message>
            <source>{network} outputs {frames} frames for {length} samples, but conv_kernel and conv_stride in config.json give {expected}; they do not match.</source>
            <translation>{network} liefert {frames} Schritte für {length} Abtastwerte, nach conv_kernel und conv_stride in config.json wären es {expected}; die beiden gehören nicht zusammen.</translation>
        </message>
        <message>
            <source>{network} takes exactly {samples} samples; export it again with a free length (dynamic axes).</source>
            <translation>{network} nimmt genau {samples} Abtastwerte; exportieren Sie es noch einmal mit freier Länge (dynamic axes).</translation>
        </message>
        <message>
            <source>{number} ({detail})</source>
            <translation>{number} ({detail})</translation>
        </message>
        <message>
            <source>{number} ({language}, {title})</source>
            <translation>{number} ({language}, {title})</translation>
        </message>
        <message>
            <source>{number} is not a number of speakers that can be told apart: use 1 to {most}.</source>
            <translation>{number} Sprecher lassen sich nicht unterscheiden: Geben Sie 1 bis {most} an.</translation>
        </message>
        <message>
            <source>{path} already exists and was not written by this command, or was changed since; move it away, or add --overwrite to replace it.</source>
            <translation>{path} gibt es schon und stammt nicht von diesem Befehl oder wurde seitdem geändert; verschieben Sie die Datei, oder ersetzen Sie sie mit --overwrite.</translation>
        </message>
        <message>
            <source>{path} cannot be deleted ({reason}): close it in other programs and check its permissions.</source>
            <translation>{path} lässt sich nicht entfernen ({reason}): Schließen Sie es in anderen Programmen und prüfen Sie die Zugriffsrechte.</translation>
        </message>
        <message>
            <source>{path} cannot be loaded ({reason}); download or export it again.</source>
            <translation>{path} lässt sich nicht laden ({reason}); holen oder exportieren Sie die Datei neu.</translation>
        </message>
        <message>
            <source>{path} cannot be read ({reason}).</source>
            <translation>{path} lässt sich nicht lesen ({reason}).</translation>
        </message>
        <message>
            <source>{path} cannot be read ({reason}): check its permissions, or choose another --output-dir.</source>
            <translation>{path} kann nicht gelesen werden ({reason}): Prüfen Sie die Zugriffsrechte, oder wählen Sie ein anderes --output-dir.</translation>
        </message>
        <message>
            <source>{path} cannot be read ({reason}); check its permissions and its disk.</source>
            <translation>{path} lässt sich nicht lesen ({reason}); prüfen Sie die Zugriffsrechte und den Datenträger.</translation>
        </message>
        <message>
            <source>{path} cannot be read ({reason}); check its permissions, or download it again.</source>
            <translation>{path} lässt sich nicht lesen ({reason}); prüfen Sie die Zugriffsrechte oder holen Sie die Datei neu.</translation>
        </message>
        <message>
            <source>{path} cannot be read ({reason}); copy or build it again.</source>
            <translation>{path} kann nicht gelesen werden ({reason}); kopieren oder erzeugen Sie die Datei neu.</translation>
        </message>
        <message>
            <source>{path} cannot be read ({reason}); download or create it again.</source>
            <translation>{path} kann nicht gelesen werden ({reason}); laden oder erzeugen Sie die Datei neu.</translation>
        </message>
        <message>
            <source>{path} cannot be used ({reason}): install the program again.</source>
            <translation>{path} kann nicht benutzt werden ({reason}): installieren Sie das Programm neu.</translation>
        </message>
        <message>
            <source>{path} cannot be written ({reason}): free some space, check its permissions, or choose another --output-dir; what is done is kept.</source>
            <translation>{path} kann nicht geschrieben werden ({reason}): Schaffen Sie Platz, prüfen Sie die Zugriffsrechte, oder wählen Sie ein anderes --output-dir; was fertig ist, bleibt erhalten.</translation>
        </message>
        <message>
            <source>{path} cannot be written ({reason}); free some space or check its permissions, then continue: the partial download is kept.</source>
            <translation>{path} lässt sich nicht schreiben ({reason}); schaffen Sie Platz oder ändern Sie die Zugriffsrechte und machen Sie dann weiter: Was schon da ist, bleibt erhalten.</translation>
        </message>
        <message>
            <source>{path} cannot be written: the disk is full; free some space and export again.</source>
            <translation>{path} lässt sich nicht schreiben: Der Datenträger ist voll; schaffen Sie Platz und exportieren Sie noch einmal.</translation>
        </message>
        <message>
            <source>{path} cannot be written: the disk is read-only; choose another folder.</source>
            <translation>{path} lässt sich nicht schreiben: Der Datenträger ist schreibgeschützt; wählen Sie einen anderen Ordner.</translation>
        </message>
        <message>
            <source>{path} cannot be written: {reason}; choose another folder and export again.</source>
            <translation>{path} lässt sich nicht schreiben: {reason}; wählen Sie einen anderen Ordner und exportieren Sie noch einmal.</translation>
        </message>
        <message>
            <source>{path} contains no audio at {start_seconds:.2f} s; remove it from the data or fix its times.</source>
            <translation>{path} enthält bei {start_seconds:.2f} s keinen Ton; nehmen Sie es aus den Daten oder berichtigen Sie die Zeiten.</translation>
        </message>
        <message>
            <source>{path} contains no sentence of {least_words} to {most_words} words without digits; choose another text.</source>
            <translation>{path} enthält keinen Satz mit {least_words} bis {most_words} Wörtern ohne Ziffern; nennen Sie einen anderen Text.</translation>
        </message>
        <message>
            <source>{path} contains no usable utterance ({count} left out{why}); fix it or choose another.</source>
            <translation>{path} enthält keine brauchbare Äußerung ({count} ausgelassen{why}); berichtigen Sie es oder nennen Sie etwas anderes.</translation>
        </message>
        <message>
            <source>{path} describes a model that takes spectra (feature_size {size}); the program reads models that take the waveform itself.</source>
            <translation>{path} beschreibt ein Modell, das Spektren nimmt (feature_size {size}); das Programm liest Modelle, die den Ton selbst nehmen.</translation>
        </message>
        <message>
            <source>{path} describes a {family} model; the program reads CTC models that take the waveform itself (wav2vec2, HuBERT, WavLM, data2vec-audio, wav2vec2-conformer, or one that states conv_kernel and conv_stride).</source>
            <translation>{path} beschreibt ein {family}-Modell; das Programm liest CTC-Modelle, die den Ton selbst nehmen (wav2vec2, HuBERT, WavLM, data2vec-audio, wav2vec2-conformer oder eines, das conv_kernel und conv_stride nennt).</translation>
        </message>
        <message>
            <source>{path} describes no model for marks and capitals that this version reads.</source>
            <translation>{path} beschreibt kein Modell für Satzzeichen und Großschreibung, das diese Version liest.</translation>
        </message>
        <message>
            <source>{path} does not exist; check its name and folder.</source>
            <translation>Es gibt keine Datei {path}; prüfen Sie Namen und Ordner.</translation>
        </message>
        <message>
            <source>{path} has no column {names}; add it to the first line.</source>
            <translation>{path} fehlt die Spalte {names}; fügen Sie sie in der ersten Zeile hinzu.</translation>
        </message>
        <message>
            <source>{path} has no feature_extractor; it must say what audio the model expects.</source>
            <translation>{path} hat keinen feature_extractor; dort muss stehen, wie das Modell den Ton haben will.</translation>
        </message>
        <message>
            <source>{path} is a folder; choose a file name for the export.</source>
            <translation>{path} ist ein Ordner; wählen Sie einen Dateinamen für den Export.</translation>
        </message>
        <message>
            <source>{path} is a workbook; save its table as CSV UTF-8 (in Excel: File, Save as) and choose that.</source>
            <translation>{path} ist eine Arbeitsmappe; speichern Sie die Tabelle als CSV UTF-8 (in Excel: Datei, Speichern unter) und nennen Sie diese.</translation>
        </message>
        <message>
            <source>{path} is of another network; name another folder, or remove it to start anew.</source>
            <translation>{path} gehört zu einem anderen Netz; nennen Sie einen anderen Ordner, oder entfernen Sie die Datei, um neu zu beginnen.</translation>
        </message>
        <message>
            <source>{path} is only a Git LFS pointer; download the network with: git lfs pull</source>
            <translation>{path} ist nur der Vermerk von Git LFS, wo das Netz liegt; holen Sie es mit: git lfs pull</translation>
        </message>
        <message>
            <source>{path} must contain a JSON object, not a {kind}; download or create it again.</source>
            <translation>{path} muss ein JSON-Objekt enthalten, nicht {kind}; holen oder erstellen Sie die Datei neu.</translation>
        </message>
        <message>
            <source>{path} must contain a bias and weights for some of {names}; fix or delete it.</source>
            <translation>{path} muss einen Grundwert (bias) und Gewichte für einige von {names} enthalten; berichtigen oder entfernen Sie die Datei.</translation>
        </message>
        <message>
            <source>{path} must have one conv_kernel and one conv_stride for each layer.</source>
            <translation>{path} muss für jede Schicht einen conv_kernel und einen conv_stride nennen.</translation>
        </message>
        <message>
            <source>{path} of {name}</source>
            <translation>{path} von {name}</translation>
        </message>
        <message>
            <source>{path}, line {number}: “{text}” is not a number of seconds.</source>
            <translation>{path}, Zeile {number}: „{text}“ ist keine Zahl von Sekunden.</translation>
        </message>
        <message>
            <source>{percent:.1f} % of the audio</source>
            <translation>{percent:.1f} % des Tons</translation>
        </message>
        <message>
            <source>{places} and {count} other places</source>
            <translation>{places} und {count} weiteren Stellen</translation>
        </message>
        <message>
            <source>{place} cannot be written: the disk is full; free some space and try again.</source>
            <translation>{place} kann nicht geschrieben werden: Der Datenträger ist voll. Schaffen Sie Platz und versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <source>{place} cannot be written: the disk is read-only; choose another place.</source>
            <translation>{place} kann nicht geschrieben werden: Der Datenträger ist schreibgeschützt. Wählen Sie einen anderen Ort.</translation>
        </message>
        <message>
            <source>{place} contains no transcript or session of this program; choose one.</source>
            <translation>{place} enthält kein Transkript und keine Aufnahme dieses Programms; nennen Sie eines davon.</translation>
        </message>
        <message>
            <source>{place} has a "{key}" out of range</source>
            <translation>{place}: "{key}" liegt außerhalb des Bereichs</translation>
        </message>
        <message>
            <source>{place} has no list of "{key}"</source>
            <translation>{place}: die Liste "{key}" fehlt</translation>
        </message>
        <message>
            <source>{place} has no number as its "{key}"</source>
            <translation>{place}: "{key}" ist keine Zahl</translation>
        </message>
        <message>
            <source>{place} has no text as its "{key}"</source>
            <translation>{place}: "{key}" ist kein Text</translation>
        </message>
        <message>
            <source>{place} is not an object</source>
            <translation>{place} ist kein Objekt</translation>
        </message>
        <message>
            <source>{place} may not be read or written by this user: change its permissions, or choose another place.</source>
            <translation>{place} darf von diesem Benutzer nicht gelesen oder geschrieben werden: Ändern Sie die Rechte, oder wählen Sie einen anderen Ort.</translation>
        </message>
        <message>
            <source>{pointer} cannot be read ({reason}); choose a version with: asr-trainer rollback {folder} --to VERSION</source>
            <translation>{pointer} kann nicht gelesen werden ({reason}); wählen Sie eine Version mit: asr-trainer rollback {folder} --to VERSION</translation>
        </message>
        <message>
            <source>{pointer} points to a version that does not exist ({version}); choose another with: asr-trainer rollback {folder} --to VERSION</source>
            <translation>{pointer} nennt eine Version, die nicht da ist ({version}); wählen Sie eine andere mit: asr-trainer rollback {folder} --to VERSION</translation>
        </message>
        <message>
            <source>{program} failed ({reason}).</source>
            <translation>{program} ist fehlgeschlagen ({reason}).</translation>
        </message>
        <message>
            <source>{provider} ({reason})</source>
            <translation>{provider} ({reason})</translation>
        </message>
        <message>
            <source>{provider} does not have enough memory for {seconds:.0f} s of audio at a time; close other programs that use it, or choose --provider cpu.</source>
            <translation>Der Speicher von {provider} reicht nicht für {seconds:.0f} s Ton auf einmal; schließen Sie, was ihn sonst belegt, oder wählen Sie --provider cpu.</translation>
        </message>
        <message>
            <source>{provider} failed while running ({reason}); choose --provider cpu.</source>
            <translation>{provider} ist beim Rechnen ausgefallen ({reason}); wählen Sie --provider cpu.</translation>
        </message>
        <message>
            <source>{rate:.0f} letters a second</source>
            <translation>{rate:.0f} Buchstaben je Sekunde</translation>
        </message>
        <message>
            <source>{seconds:.0f} s</source>
            <translation>{seconds:.0f} s</translation>
        </message>
        <message>
            <source>{seconds:.2f} s</source>
            <translation>{seconds:.2f} s</translation>
        </message>
        <message>
            <source>{source} cannot be read ({reason}).</source>
            <translation>{source} lässt sich nicht lesen ({reason}).</translation>
        </message>
        <message>
            <source>{source} is a recording without words; give its text with --text.</source>
            <translation>{source} ist Ton ohne Wörter; nennen Sie den Text mit --text.</translation>
        </message>
        <message>
            <source>{source} is not a Word document; save it again as one.</source>
            <translation>{source} ist kein Word-Dokument; speichern Sie es noch einmal als solches.</translation>
        </message>
        <message>
            <source>{source} is not a model: it has no config.json; choose the folder that contains it, vocab.json and the network.</source>
            <translation>{source} ist kein Modell: Es hat keine config.json; wählen Sie den Ordner, in dem sie, vocab.json und das Netz liegen.</translation>
        </message>
        <message>
            <source>{source} is not a transcript, session or sound file; choose one.</source>
            <translation>{source} ist kein Transkript, keine Aufnahme und keine Tondatei; nennen Sie eines davon.</translation>
        </message>
        <message>
            <source>{source} unpacks to more than {most} MB of text; split it.</source>
            <translation>{source} entpackt sich zu mehr als {most} MB Text; teilen Sie das Dokument.</translation>
        </message>
        <message>
            <source>{speech_dbfs:.0f} dB at most</source>
            <translation>höchstens {speech_dbfs:.0f} dB</translation>
        </message>
        <message>
            <source>{target} cannot be created ({reason}).</source>
            <translation>{target} lässt sich nicht anlegen ({reason}).</translation>
        </message>
        <message>
            <source>{tokenizer} contains no vocabulary; the model cannot be used.</source>
            <translation>{tokenizer} enthält kein Vokabular; das Modell lässt sich nicht verwenden.</translation>
        </message>
        <message>
            <source>{unreadable} cannot be read as a list of words: {reason}.</source>
            <translation>{unreadable} lässt sich nicht als Wortliste lesen: {reason}.</translation>
        </message>
        <message>
            <source>{weights} gave values that are not numbers; it is damaged, or exceeds the range of {precision}.</source>
            <translation>{weights} hat Werte geliefert, die keine Zahlen sind; das Netz ist beschädigt oder zu groß für {precision}.</translation>
        </message>
        <message>
            <source>{what} cannot be downloaded ({reason}); check the connection and the proxy, then try again: the partial download is kept.</source>
            <translation>{what} lässt sich nicht laden ({reason}); prüfen Sie die Verbindung und den Proxy und versuchen Sie es noch einmal: Was schon da ist, bleibt erhalten.</translation>
        </message>
        <message>
            <source>{what} cannot be downloaded, because downloads are turned off (HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE is set); unset it, or add the model from a folder with: asr-desktop models add</source>
            <translation>{what} lässt sich nicht laden, weil Downloads hier abgeschaltet sind (HF_HUB_OFFLINE oder TRANSFORMERS_OFFLINE ist gesetzt); heben Sie das auf oder fügen Sie das Modell aus einem Ordner hinzu mit: asr-desktop models add</translation>
        </message>
        <message>
            <source>{what} needs {needed} in {folder}, where only {free} is free; free {lacking}, or move the data folder with {variable}.</source>
            <translation>{what} braucht {needed} in {folder}, frei sind dort {free}; schaffen Sie {lacking} Platz oder verlegen Sie den Datenordner mit {variable}.</translation>
        </message>
        <message>
            <source>{what}; choose one of {names}.</source>
            <translation>{what}; wählen Sie eines von {names}.</translation>
        </message>
        <message>
            <source>{what}; correct it, or download the model again.</source>
            <translation>{what}; berichtigen Sie es, oder laden Sie das Modell neu herunter.</translation>
        </message>
        <message>
            <source>“{name}” cannot be a model's name; use letters, digits, dots and dashes.</source>
            <translation>Ein Modell kann nicht „{name}“ heißen; nehmen Sie Buchstaben, Ziffern, Punkte und Striche.</translation>
        </message>
        <message>
            <source>“{name}” contains no words to learn from; choose another text.</source>
            <translation>„{name}“ enthält keine Wörter zum Lernen; wählen Sie einen anderen Text.</translation>
        </message>
        <message>
            <source>“{name}” is not in the catalogue; list what is with: asr-desktop models search, or name a repository of the hub (owner/name).</source>
            <translation>„{name}“ steht nicht im Verzeichnis; was darin steht, zeigt: asr-desktop models search. Oder nennen Sie ein Modell des Hubs (Besitzer/Name).</translation>
        </message>
        <message>
            <source>“{name}” is not installed, so it cannot be measured.</source>
            <translation>„{name}“ ist nicht installiert und lässt sich deshalb nicht messen.</translation>
        </message>
        <message>
            <source>“{name}” is not installed; get it with: asr-desktop models get {name}</source>
            <translation>„{name}“ ist nicht installiert; holen Sie es mit: asr-desktop models get {name}</translation>
        </message>
        <message>
            <source>“{shortcut}” has no key; set one in the desktop's settings.</source>
            <translation>„{shortcut}“ hat keine Taste; wählen Sie eine in den Einstellungen des Desktops.</translation>
        </message>
        <message>
            <source>“{text}” is not a number of speakers: use auto, a number such as 2, or a range such as 2-4.</source>
            <translation>„{text}“ ist keine Anzahl von Sprechern: Geben Sie auto, eine Zahl wie 2 oder einen Bereich wie 2-4 an.</translation>
        </message>
        <message>
            <source>“{weight}” is not a weight; write the hotword in the first column and a number, or nothing, in the second.</source>
            <translation>„{weight}“ ist kein Gewicht; schreiben Sie das Hotword in die erste Spalte und eine Zahl oder nichts in die zweite.</translation>
        </message>
    </context>
    <context>
        <name>EntryDetails</name>
        <message>
            <source>Select a transcript to see its details, rename it or add tags.</source>
            <translation>Wählen Sie ein Transkript, um zu sehen, was darüber bekannt ist, es umzubenennen und ihm Schlagwörter zu geben.</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>Name</translation>
        </message>
        <message>
            <source>Rename: type, then press Enter</source>
            <translation>Umbenennen: tippen, dann Enter</translation>
        </message>
        <message>
            <source>Tags</source>
            <translation>Schlagwörter</translation>
        </message>
        <message>
            <source>work, interview</source>
            <translation>Arbeit, Interview</translation>
        </message>
        <message>
            <source>Separate tags with commas, then press Enter</source>
            <translation>Wörter, unter denen man es findet, mit Kommas dazwischen; dann Enter</translation>
        </message>
        <message>
            <source>Date</source>
            <translation>Datum</translation>
        </message>
        <message>
            <source>Length</source>
            <translation>Länge</translation>
        </message>
        <message>
            <source>Words</source>
            <translation>Wörter</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>Modell</translation>
        </message>
        <message>
            <source>Corrected</source>
            <translation>Korrigiert</translation>
        </message>
        <message>
            <source>File</source>
            <translation>Datei</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>Öffnen</translation>
        </message>
        <message>
            <source>Save as…</source>
            <translation>Speichern als …</translation>
        </message>
        <message>
            <source>Show in folder</source>
            <translation>Im Ordner zeigen</translation>
        </message>
        <message>
            <source>Move to bin</source>
            <translation>In den Papierkorb</translation>
        </message>
        <message>
            <source>Restore</source>
            <translation>Wiederherstellen</translation>
        </message>
        <message>
            <source>{count} transcripts selected.</source>
            <translation>{count} Transkripte sind gewählt.</translation>
        </message>
        <message>
            <source>yes</source>
            <translation>ja</translation>
        </message>
        <message>
            <source>not yet</source>
            <translation>noch nicht</translation>
        </message>
    </context>
    <context>
        <name>ExportDialog</name>
        <message>
            <source>Export</source>
            <translation>Exportieren</translation>
        </message>
        <message>
            <source>Format</source>
            <translation>Format</translation>
        </message>
        <message>
            <source>File</source>
            <translation>Datei</translation>
        </message>
        <message>
            <source>Timestamp before each paragraph</source>
            <translation>Die Zeit vor jedem Absatz</translation>
        </message>
        <message>
            <source>Speaker names</source>
            <translation>Namen der Sprecher</translation>
        </message>
        <message>
            <source>Word timestamps</source>
            <translation>Eine Zeit für jedes Wort</translation>
        </message>
        <message>
            <source>Choose…</source>
            <translation>Wählen …</translation>
        </message>
        <message>
            <source>Preview</source>
            <translation>So fängt es an</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>Only the selected segments ({count})</source>
            <translation>Nur die ausgewählten Abschnitte ({count})</translation>
        </message>
        <message>
            <source>{name} already exists and may have been edited. Export again to replace it.</source>
            <translation>Eine Datei namens {name} gibt es schon, vielleicht von Hand korrigiert. Exportieren Sie noch einmal, um sie zu ersetzen.</translation>
        </message>
    </context>
    <context>
        <name>ExportSettings</name>
        <message>
            <source>Formats</source>
            <translation>Schreiben</translation>
        </message>
        <message>
            <source>Text (.txt)</source>
            <translation>Text (.txt)</translation>
        </message>
        <message>
            <source>Subtitles (.srt)</source>
            <translation>Untertitel (.srt)</translation>
        </message>
        <message>
            <source>Web subtitles (.vtt)</source>
            <translation>Web-Untertitel (.vtt)</translation>
        </message>
        <message>
            <source>Word document (.docx)</source>
            <translation>Word-Dokument (.docx)</translation>
        </message>
        <message>
            <source>Word times (.json)</source>
            <translation>Alle Zeiten (.json)</translation>
        </message>
        <message>
            <source>Table (.csv)</source>
            <translation>Tabelle (.csv)</translation>
        </message>
        <message>
            <source>Save to</source>
            <translation>Wohin</translation>
        </message>
        <message>
            <source>Next to each file</source>
            <translation>Neben jede Datei</translation>
        </message>
        <message>
            <source>In one folder</source>
            <translation>In einen Ordner</translation>
        </message>
        <message>
            <source>Change</source>
            <translation>Ändern</translation>
        </message>
        <message>
            <source>Audio track</source>
            <translation>Tonspur</translation>
        </message>
        <message>
            <source>For videos and recordings that have several audio tracks</source>
            <translation>Für Videos und Aufnahmen mit mehreren Tonspuren</translation>
        </message>
        <message>
            <source>Default</source>
            <translation>Standard</translation>
        </message>
        <message>
            <source>Keep a copy of the audio</source>
            <translation>Kopie des Tons behalten</translation>
        </message>
        <message>
            <source>In the Library, so that you can play it even if the file is moved or deleted; uses disk space</source>
            <translation>In der Bibliothek, um ihn auch zu hören, wenn die Datei verschoben oder gelöscht wird; braucht Platz</translation>
        </message>
        <message>
            <source>Folder for transcripts</source>
            <translation>Wohin Transkripte geschrieben werden</translation>
        </message>
    </context>
    <context>
        <name>FileHotwords</name>
        <message>
            <source>One per line, for these files. Those on the Live page apply here too.</source>
            <translation>Je Zeile einen, für diese Dateien. Die der Seite Live gelten hier auch.</translation>
        </message>
    </context>
    <context>
        <name>FileJobs</name>
        <message>
            <source>Files left to transcribe from last time: {count}.</source>
            <translation>Dateien, die beim Ende des Programms nicht transkribiert waren: {count}.</translation>
        </message>
        <message>
            <source>Continue</source>
            <translation>Weitermachen</translation>
        </message>
        <message>
            <source>Files transcribed: {done}.</source>
            <translation>Umgesetzte Dateien: {done}.</translation>
        </message>
        <message>
            <source>Files transcribed: {done}, failed: {failed}.</source>
            <translation>Umgesetzte Dateien: {done}, misslungen: {failed}.</translation>
        </message>
    </context>
    <context>
        <name>FileModelBox</name>
        <message>
            <source>Same as Live ({model})</source>
            <translation>Wie auf Live ({model})</translation>
        </message>
    </context>
    <context>
        <name>FileRecognition</name>
        <message>
            <source>Language and model</source>
            <translation>Sprache und Modell</translation>
        </message>
        <message>
            <source>Speakers</source>
            <translation>Sprecher</translation>
        </message>
    </context>
    <context>
        <name>FileSpeakersBox</name>
        <message>
            <source>Speakers</source>
            <translation>Sprecher</translation>
        </message>
        <message>
            <source>Each segment then carries a name, which you can change in the Editor</source>
            <translation>Jeder Abschnitt trägt dann einen Namen, den Sie im Editor ändern können</translation>
        </message>
        <message>
            <source>Do not distinguish</source>
            <translation>Nicht unterscheiden</translation>
        </message>
        <message>
            <source>Find automatically</source>
            <translation>Automatisch finden</translation>
        </message>
        <message>
            <source>{count} speakers</source>
            <translation>{count} Sprecher</translation>
        </message>
    </context>
    <context>
        <name>FilesPage</name>
        <message>
            <source>Files</source>
            <translation>Dateien</translation>
        </message>
        <message>
            <source>Output</source>
            <translation>Was geschrieben wird, und wohin</translation>
        </message>
        <message>
            <source>Files are being transcribed</source>
            <translation>Dateien werden transkribiert</translation>
        </message>
        <message>
            <source>Close before all files are transcribed?</source>
            <translation>Schließen, obwohl nicht alle Dateien transkribiert sind?</translation>
        </message>
        <message>
            <source>You can continue with the remaining files next time.</source>
            <translation>Der nächste Start bietet an, mit den übrigen weiterzumachen.</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>Schließen</translation>
        </message>
        <message>
            <source>Keep open</source>
            <translation>Bleiben</translation>
        </message>
        <message>
            <source>Open in Editor</source>
            <translation>Im Editor öffnen</translation>
        </message>
        <message>
            <source>Try again</source>
            <translation>Noch einmal</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>Move up</source>
            <translation>Nach oben</translation>
        </message>
        <message>
            <source>Move down</source>
            <translation>Nach unten</translation>
        </message>
        <message>
            <source>Remove from list</source>
            <translation>Aus der Liste entfernen</translation>
        </message>
        <message>
            <source>Add files</source>
            <translation>Dateien hinzufügen</translation>
        </message>
        <message>
            <source>Add folder</source>
            <translation>Ordner hinzufügen</translation>
        </message>
        <message>
            <source>Clear finished</source>
            <translation>Fertige entfernen</translation>
        </message>
        <message>
            <source>Files done</source>
            <translation>Wie viele Dateien fertig sind</translation>
        </message>
        <message>
            <source>Open in Editor (Enter)</source>
            <translation>Im Editor öffnen (Enter)</translation>
        </message>
        <message>
            <source>Files to transcribe</source>
            <translation>Zu transkribierende Dateien</translation>
        </message>
        <message>
            <source>Folder to transcribe</source>
            <translation>Ein zu transkribierender Ordner</translation>
        </message>
        <message>
            <source>{done} of {all} done</source>
            <translation>{done} von {all} fertig</translation>
        </message>
        <message>
            <source>{count} failed</source>
            <translation>{count} fehlgeschlagen</translation>
        </message>
    </context>
    <context>
        <name>FindBar</name>
        <message>
            <source>Find</source>
            <translation>Suchen</translation>
        </message>
        <message>
            <source>Replace with</source>
            <translation>Ersetzen durch</translation>
        </message>
        <message>
            <source>Match case</source>
            <translation>Groß und klein beachten</translation>
        </message>
        <message>
            <source>Whole words</source>
            <translation>Ganze Wörter</translation>
        </message>
        <message>
            <source>Find previous</source>
            <translation>Die Stelle davor</translation>
        </message>
        <message>
            <source>Find next</source>
            <translation>Die nächste Stelle</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>Schließen</translation>
        </message>
        <message>
            <source>Close (Esc)</source>
            <translation>Schließen (Esc)</translation>
        </message>
        <message>
            <source>Replace</source>
            <translation>Ersetzen</translation>
        </message>
        <message>
            <source>Replace all</source>
            <translation>Alle ersetzen</translation>
        </message>
        <message>
            <source>Not found</source>
            <translation>Nicht gefunden</translation>
        </message>
        <message>
            <source>{number} of {total}</source>
            <translation>{number} von {total}</translation>
        </message>
    </context>
    <context>
        <name>FirstRun</name>
        <message>
            <source>Welcome</source>
            <translation>Willkommen</translation>
        </message>
        <message>
            <source>You speak, the program writes, and nothing leaves this computer. A small English model is included: of clear speech it gets about one word in ten wrong, in noise more. Larger models with fewer errors, and other languages, are on the Models page.</source>
            <translation>Sie sprechen, dieses Programm schreibt, und nichts verlässt diesen Computer. Ein kleines englisches Modell ist dabei: Bei deutlicher Sprache erkennt es etwa jedes zehnte Wort falsch, bei Geräuschen mehr. Größere Modelle mit weniger Fehlern und andere Sprachen gibt es auf der Seite „Modelle“.</translation>
        </message>
        <message>
            <source>Which microphone do you use?</source>
            <translation>Welches Mikrofon benutzen Sie?</translation>
        </message>
        <message>
            <source>Say something: the bar moves with your voice.</source>
            <translation>Sagen Sie etwas: Der Balken bewegt sich mit Ihrer Stimme.</translation>
        </message>
        <message>
            <source>Not now</source>
            <translation>Jetzt nicht</translation>
        </message>
        <message>
            <source>Record a first sentence</source>
            <translation>Den ersten Satz sagen</translation>
        </message>
        <message>
            <source>Start recording; press the red button when you are done</source>
            <translation>Aufnahme beginnen; drücken Sie den roten Knopf, wenn Sie fertig sind</translation>
        </message>
        <message>
            <source>No microphone was found: plug one in, or continue without one and transcribe audio files.</source>
            <translation>Kein Mikrofon gefunden: Schließen Sie eines an, oder machen Sie ohne eines mit Tondateien weiter.</translation>
        </message>
        <message>
            <source>The microphone works.</source>
            <translation>Es hört Sie.</translation>
        </message>
    </context>
    <context>
        <name>FormatNames</name>
        <message>
            <source>Plain text</source>
            <translation>Reiner Text</translation>
        </message>
        <message>
            <source>Subtitles (SubRip)</source>
            <translation>Untertitel, SubRip</translation>
        </message>
        <message>
            <source>Subtitles (WebVTT)</source>
            <translation>Untertitel, WebVTT</translation>
        </message>
        <message>
            <source>Word document</source>
            <translation>Word-Dokument</translation>
        </message>
        <message>
            <source>JSON with all details</source>
            <translation>JSON mit allen Angaben</translation>
        </message>
        <message>
            <source>Spreadsheet table</source>
            <translation>Tabelle</translation>
        </message>
    </context>
    <context>
        <name>GainPlot</name>
        <message>
            <source>Word error rate before and after each training</source>
            <translation>Falsche Wörter von hundert vor und nach jedem Training</translation>
        </message>
        <message>
            <source>Word error rate on your own speech (%): {before} before, {after} after</source>
            <translation>Wortfehlerrate bei Ihrer eigenen Sprache (%): {before} vorher, {after} nachher</translation>
        </message>
    </context>
    <context>
        <name>HelpPage</name>
        <message>
            <source>Help</source>
            <translation>Hilfe</translation>
        </message>
        <message>
            <source>How to…</source>
            <translation>So geht’s</translation>
        </message>
        <message>
            <source>Dictate or record</source>
            <translation>Diktieren oder aufnehmen</translation>
        </message>
        <message>
            <source>Press {key} on any page, or the round button on the Live page, and speak. The audio is saved while you speak; when you stop, the transcript is in the Library.</source>
            <translation>Drücken Sie {key} auf irgendeiner Seite oder den runden Knopf auf der Seite Live und sprechen Sie. Der Ton wird gespeichert, während Sie sprechen; wenn Sie aufhören, liegt der Text in der Bibliothek.</translation>
        </message>
        <message>
            <source>Dictate in other programs</source>
            <translation>In anderen Programmen diktieren</translation>
        </message>
        <message>
            <source>Put the cursor where the text is to go. Hold {key} while you speak, or press it briefly to start and again to stop. Choose the shortcut in the settings.</source>
            <translation>Setzen Sie den Cursor dorthin, wo der Text stehen soll. Halten Sie {key}, während Sie sprechen, oder drücken Sie es kurz zum Starten und noch einmal zum Stoppen. Das Tastenkürzel wählen Sie in den Einstellungen.</translation>
        </message>
        <message>
            <source>Correct a dictation</source>
            <translation>Ein Diktat korrigieren</translation>
        </message>
        <message>
            <source>Press {key} to hear the last one again and put it right. The text in the program is replaced, and the model can learn from it.</source>
            <translation>Mit {key} hören Sie das letzte noch einmal und berichtigen es. Der Text im Programm wird ersetzt, und das Modell kann daraus lernen.</translation>
        </message>
        <message>
            <source>Show captions over other windows</source>
            <translation>Untertitel über anderen Fenstern zeigen</translation>
        </message>
        <message>
            <source>Press {key} on the Live page, for example during a call or a video. To transcribe what the computer plays, choose it as the microphone.</source>
            <translation>Drücken Sie {key} auf der Seite Live, etwa während eines Gesprächs oder Videos. Um aufzuschreiben, was der Computer abspielt, wählen Sie das als Mikrofon.</translation>
        </message>
        <message>
            <source>Transcribe files</source>
            <translation>Dateien umsetzen</translation>
        </message>
        <message>
            <source>Drop audio or video files anywhere on the window, or press {key} on the Files page. You also choose the output formats (text, subtitles, Word) and folders to watch there.</source>
            <translation>Ziehen Sie Ton- oder Videodateien auf das Fenster, gleich wohin, oder drücken Sie {key} auf der Seite Dateien. Dort wählen Sie auch, was geschrieben wird (Text, Untertitel, Word), und überwachte Ordner.</translation>
        </message>
        <message>
            <source>Correct a transcript</source>
            <translation>Einen Text verbessern</translation>
        </message>
        <message>
            <source>Open it from the Library, click a word to hear it, and type over what is wrong. {key} goes to the next doubtful word and shows suggestions. Changes are saved automatically.</source>
            <translation>Öffnen Sie ihn in der Bibliothek, klicken Sie ein Wort an, um es zu hören, und überschreiben Sie, was falsch ist. {key} geht zum nächsten zweifelhaften Wort und zeigt andere Vermutungen. Änderungen werden von selbst gespeichert.</translation>
        </message>
        <message>
            <source>Write in who is speaking</source>
            <translation>Eintragen, wer spricht</translation>
        </message>
        <message>
            <source>In the Editor, click a name beside the text to rename that speaker or to merge two. {key} lists all speakers; Alt and a digit corrects a segment.</source>
            <translation>Klicken Sie im Editor auf einen Namen neben dem Text, um den Sprecher umzubenennen oder zwei zusammenzuführen. {key} zeigt alle Sprecher; Alt und eine Ziffer korrigieren einen Abschnitt.</translation>
        </message>
        <message>
            <source>Export text, subtitles or a Word document</source>
            <translation>Text, Untertitel oder ein Word-Dokument exportieren</translation>
        </message>
        <message>
            <source>Press {key} in the Editor, or select transcripts in the Library and choose Export.</source>
            <translation>Drücken Sie {key} im Editor, oder wählen Sie Texte in der Bibliothek aus und dann „Exportieren“.</translation>
        </message>
        <message>
            <source>Find what was said</source>
            <translation>Finden, was gesagt wurde</translation>
        </message>
        <message>
            <source>Press {key} in the Library and type words, or a phrase in quotes. Open a result to hear it.</source>
            <translation>Drücken Sie {key} in der Bibliothek und tippen Sie Wörter, oder eine Wendung in Anführungszeichen. Öffnen Sie einen Treffer, um ihn zu hören.</translation>
        </message>
        <message>
            <source>Get names and special words right</source>
            <translation>Namen und Fachwörter richtig schreiben lassen</translation>
        </message>
        <message>
            <source>Type them under “Names and phrases” on the Live or Files page, one per line. They work immediately.</source>
            <translation>Tippen Sie sie unter „Namen und Wendungen“ auf der Seite Live oder Dateien ein, je Zeile einen. Sie wirken sofort.</translation>
        </message>
        <message>
            <source>Teach it your voice</source>
            <translation>Die eigene Stimme beibringen</translation>
        </message>
        <message>
            <source>Read sentences aloud on the Voice page; ten minutes make a difference. You can also use corrected transcripts and your own texts.</source>
            <translation>Lesen Sie auf der Seite Stimme Sätze vor; zehn Minuten machen einen Unterschied. Verbesserte Texte und was Sie selbst geschrieben haben, helfen auch.</translation>
        </message>
        <message>
            <source>Use another language, or a better model</source>
            <translation>Eine andere Sprache oder ein besseres Modell verwenden</translation>
        </message>
        <message>
            <source>Download one on the Models page. Nothing else uses the network.</source>
            <translation>Laden Sie auf der Seite Modelle eines herunter. Nichts sonst benutzt das Netz.</translation>
        </message>
        <message>
            <source>Show</source>
            <translation>Zeigen</translation>
        </message>
        <message>
            <source>Show: {job}</source>
            <translation>Zeigen: {job}</translation>
        </message>
        <message>
            <source>If something goes wrong</source>
            <translation>Wenn etwas schiefgeht</translation>
        </message>
        <message>
            <source>Messages say what to do. Unexpected errors have a button “Copy details”, and are also written to the log folder: attach these when you report a problem.</source>
            <translation>Meldungen sagen, was zu tun ist. Unerwartete Fehler haben einen Knopf „Einzelheiten kopieren“ und stehen auch im Protokollordner: Fügen Sie sie bei, wenn Sie ein Problem melden.</translation>
        </message>
        <message>
            <source>Open the log folder</source>
            <translation>Protokollordner öffnen</translation>
        </message>
        <message>
            <source>Keyboard shortcuts</source>
            <translation>Tasten</translation>
        </message>
        <message>
            <source>Change shortcuts</source>
            <translation>Tasten ändern</translation>
        </message>
        <message>
            <source>You can change every shortcut.</source>
            <translation>Jede Taste kann geändert werden.</translation>
        </message>
        <message>
            <source>the shortcut you chose</source>
            <translation>die von Ihnen gewählte Taste</translation>
        </message>
    </context>
    <context>
        <name>HotwordBox</name>
        <message>
            <source>Names and phrases</source>
            <translation>Namen und Wendungen</translation>
        </message>
        <message>
            <source>One per line. They apply from the next sentence on.</source>
            <translation>Je Zeile eine. Auf sie wird ab dem nächsten Satz geachtet.</translation>
        </message>
        <message>
            <source>Names and phrases to recognise</source>
            <translation>Namen und Wendungen, auf die geachtet wird</translation>
        </message>
        <message>
            <source>For example
Ada Lovelace
Charles Babbage</source>
            <translation>Zum Beispiel
Ada Lovelace
Charles Babbage</translation>
        </message>
        <message>
            <source>“word” or “word:12”; a higher number makes the word more likely: 8 is normal, 15 is high</source>
            <translation>„Wort“ oder „Wort:12“; eine höhere Zahl wird eher gehört, 8 ist üblich, 15 ist viel</translation>
        </message>
    </context>
    <context>
        <name>JobDetails</name>
        <message>
            <source>Copy details</source>
            <translation>Einzelheiten kopieren</translation>
        </message>
        <message>
            <source>Show in folder</source>
            <translation>Im Ordner zeigen</translation>
        </message>
        <message>
            <source>Saved {names} in {folder}</source>
            <translation>Geschrieben: {names}, in {folder}</translation>
        </message>
    </context>
    <context>
        <name>JobTable</name>
        <message>
            <source>Files to transcribe</source>
            <translation>Zu transkribierende Dateien</translation>
        </message>
    </context>
    <context>
        <name>JobTableModel</name>
        <message>
            <source>File</source>
            <translation>Datei</translation>
        </message>
        <message>
            <source>Progress</source>
            <translation>Fortschritt</translation>
        </message>
        <message>
            <source>Speed</source>
            <translation>Tempo</translation>
        </message>
        <message>
            <source>Time left</source>
            <translation>Restzeit</translation>
        </message>
        <message>
            <source>Seconds of audio transcribed per second</source>
            <translation>Sekunden Ton, die in einer Sekunde transkribiert werden</translation>
        </message>
        <message>
            <source>Waiting</source>
            <translation>Wartet</translation>
        </message>
        <message>
            <source>{done} of {total}</source>
            <translation>{done} von {total}</translation>
        </message>
        <message>
            <source>Preparing</source>
            <translation>Wird vorbereitet</translation>
        </message>
        <message>
            <source>Cancelled</source>
            <translation>Abgebrochen</translation>
        </message>
        <message>
            <source>Done: {formats}</source>
            <translation>Fertig: {formats}</translation>
        </message>
        <message>
            <source>Done</source>
            <translation>Fertig</translation>
        </message>
    </context>
    <context>
        <name>KeptTextView</name>
        <message>
            <source>Insert here</source>
            <translation>Hier einfügen</translation>
        </message>
        <message>
            <source>Insert the text where the cursor is now</source>
            <translation>Den Text dort einfügen, wo der Cursor jetzt steht</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>Kopieren</translation>
        </message>
        <message>
            <source>Copy the text to the clipboard</source>
            <translation>Den Text in die Zwischenablage kopieren</translation>
        </message>
        <message>
            <source>Discard</source>
            <translation>Wegwerfen</translation>
        </message>
        <message>
            <source>Do not insert the text</source>
            <translation>Den Text nicht einfügen</translation>
        </message>
    </context>
    <context>
        <name>KeyList</name>
        <message>
            <source>Go to {page}</source>
            <translation>Zu {page}</translation>
        </message>
        <message>
            <source>Start or stop recording</source>
            <translation>Aufnahme starten und beenden</translation>
        </message>
        <message>
            <source>Live</source>
            <translation>Live</translation>
        </message>
        <message>
            <source>Files</source>
            <translation>Dateien</translation>
        </message>
        <message>
            <source>Library</source>
            <translation>Bibliothek</translation>
        </message>
        <message>
            <source>Editor</source>
            <translation>Editor</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>Modelle</translation>
        </message>
        <message>
            <source>Voice</source>
            <translation>Stimme</translation>
        </message>
        <message>
            <source>Settings</source>
            <translation>Einstellungen</translation>
        </message>
        <message>
            <source>Help</source>
            <translation>Hilfe</translation>
        </message>
        <message>
            <source>Quit</source>
            <translation>Beenden</translation>
        </message>
        <message>
            <source>On every page</source>
            <translation>Auf jeder Seite</translation>
        </message>
        <message>
            <source>Pause or resume</source>
            <translation>Unterbrechen und fortfahren</translation>
        </message>
        <message>
            <source>Add marker</source>
            <translation>Marke setzen</translation>
        </message>
        <message>
            <source>Captions over other windows</source>
            <translation>Untertitel über anderen Fenstern</translation>
        </message>
        <message>
            <source>Add files</source>
            <translation>Dateien hinzufügen</translation>
        </message>
        <message>
            <source>Try again</source>
            <translation>Noch einmal</translation>
        </message>
        <message>
            <source>Cancel file</source>
            <translation>Eine Datei abbrechen</translation>
        </message>
        <message>
            <source>Move up</source>
            <translation>Nach oben</translation>
        </message>
        <message>
            <source>Move down</source>
            <translation>Nach unten</translation>
        </message>
        <message>
            <source>Remove</source>
            <translation>Entfernen</translation>
        </message>
        <message>
            <source>Search</source>
            <translation>Suchen</translation>
        </message>
        <message>
            <source>Move to bin</source>
            <translation>In den Papierkorb</translation>
        </message>
        <message>
            <source>Rename</source>
            <translation>Umbenennen</translation>
        </message>
        <message>
            <source>Start or stop reading, and keep</source>
            <translation>Lesen beginnen oder beenden, und behalten</translation>
        </message>
        <message>
            <source>Record sentence again</source>
            <translation>Den Satz noch einmal lesen</translation>
        </message>
        <message>
            <source>Skip sentence</source>
            <translation>Satz überspringen</translation>
        </message>
    </context>
    <context>
        <name>KeyTable</name>
        <message>
            <source>Restore the default shortcut for “{action}”</source>
            <translation>Standardtaste für „{action}“ wiederherstellen</translation>
        </message>
        <message>
            <source>{key} is already the shortcut for “{action}”: choose another one.</source>
            <translation>{key} ist schon die Taste für „{action}“: Wählen Sie eine andere.</translation>
        </message>
    </context>
    <context>
        <name>LanguageChange</name>
        <message>
            <source>The interface language will change when the current task has finished.</source>
            <translation>Das Fenster wechselt die Sprache, sobald zu Ende ist, was gerade läuft.</translation>
        </message>
    </context>
    <context>
        <name>LevelMeter</name>
        <message>
            <source>Microphone level</source>
            <translation>Pegel des Mikrofons</translation>
        </message>
        <message>
            <source>Input level; at the end of the bar it is too loud</source>
            <translation>Wie laut das Mikrofon ist; am Ende des Balkens ist es zu laut</translation>
        </message>
    </context>
    <context>
        <name>LibraryActions</name>
        <message>
            <source>“{title}” was moved to the bin.</source>
            <translation>„{title}“ liegt im Papierkorb.</translation>
        </message>
        <message>
            <source>{count} transcripts were moved to the bin.</source>
            <translation>{count} Transkripte liegen im Papierkorb.</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Rückgängig</translation>
        </message>
        <message>
            <source>Empty bin</source>
            <translation>Papierkorb leeren</translation>
        </message>
        <message>
            <source>Permanently delete everything in the bin ({count})?</source>
            <translation>Den Inhalt des Papierkorbs endgültig löschen ({count})?</translation>
        </message>
        <message>
            <source>Recordings are deleted with their audio. Files that you transcribed are not touched.</source>
            <translation>Aufnahmen gehen mitsamt dem Ton. Dateien, die nur transkribiert wurden, bleiben, wo sie sind.</translation>
        </message>
        <message>
            <source>Delete permanently</source>
            <translation>Endgültig löschen</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Behalten</translation>
        </message>
        <message>
            <source>Save transcript</source>
            <translation>Transkript speichern</translation>
        </message>
        <message>
            <source>Saved: {path}</source>
            <translation>Gespeichert: {path}</translation>
        </message>
    </context>
    <context>
        <name>LibraryList</name>
        <message>
            <source>Transcripts and recordings</source>
            <translation>Transkripte und Aufnahmen</translation>
        </message>
        <message>
            <source>No speech was found.</source>
            <translation>Keine Sprache gefunden.</translation>
        </message>
    </context>
    <context>
        <name>LibraryPage</name>
        <message>
            <source>Library</source>
            <translation>Bibliothek</translation>
        </message>
        <message>
            <source>Details</source>
            <translation>Einzelheiten</translation>
        </message>
        <message>
            <source>Search all transcripts</source>
            <translation>Jedes gesagte Wort durchsuchen</translation>
        </message>
        <message>
            <source>Search</source>
            <translation>Suchen</translation>
        </message>
        <message>
            <source>Filter by tag</source>
            <translation>Nur die mit diesem Schlagwort</translation>
        </message>
        <message>
            <source>All tags</source>
            <translation>Alle Schlagwörter</translation>
        </message>
        <message>
            <source>Filter by speaker</source>
            <translation>Nach Sprecher filtern</translation>
        </message>
        <message>
            <source>All speakers</source>
            <translation>Alle Sprecher</translation>
        </message>
        <message>
            <source>Bin</source>
            <translation>Papierkorb</translation>
        </message>
        <message>
            <source>Show the bin</source>
            <translation>Zeigen, was im Papierkorb liegt</translation>
        </message>
        <message>
            <source>Empty bin</source>
            <translation>Papierkorb leeren</translation>
        </message>
        <message>
            <source>Number of results</source>
            <translation>Wie viele gefunden wurden</translation>
        </message>
        <message>
            <source>Words, "phrases in quotes", beginnings and speaker:NAME ({key})</source>
            <translation>Wörter, „Wortfolgen in Anführungszeichen“, Wortanfänge und sprecher:NAME ({key})</translation>
        </message>
        <message>
            <source>1 transcript</source>
            <translation>1 Transkript</translation>
        </message>
        <message>
            <source>{count} transcripts</source>
            <translation>{count} Transkripte</translation>
        </message>
        <message>
            <source>1 match</source>
            <translation>1 Stelle</translation>
        </message>
        <message>
            <source>{count} matches</source>
            <translation>{count} Stellen</translation>
        </message>
        <message>
            <source>the newest {places}</source>
            <translation>die neuesten {places}</translation>
        </message>
        <message>
            <source>{places} in {transcripts}</source>
            <translation>{places} in {transcripts}</translation>
        </message>
        <message>
            <source>No matches</source>
            <translation>Nichts gefunden</translation>
        </message>
        <message>
            <source>Try fewer or shorter words.</source>
            <translation>Versuchen Sie es mit weniger oder kürzeren Wörtern.</translation>
        </message>
        <message>
            <source>You can restore transcripts until you empty the bin.</source>
            <translation>Was Sie hierher legen, lässt sich wieder herausholen, bis der Papierkorb geleert wird.</translation>
        </message>
        <message>
            <source>The bin is empty</source>
            <translation>Der Papierkorb ist leer</translation>
        </message>
        <message>
            <source>Recordings and transcribed files appear here automatically. You can search every word in them.</source>
            <translation>Aufnahmen von der Seite „Live“ und transkribierte Dateien kommen von selbst hierher. Jedes Wort darin lässt sich suchen.</translation>
        </message>
        <message>
            <source>Nothing here yet</source>
            <translation>Noch nichts da</translation>
        </message>
    </context>
    <context>
        <name>LicencesDialog</name>
        <message>
            <source>Licenses</source>
            <translation>Lizenzen</translation>
        </message>
        <message>
            <source>Parts of the program</source>
            <translation>Teile des Programms</translation>
        </message>
        <message>
            <source>License text</source>
            <translation>Lizenztext</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>Schließen</translation>
        </message>
    </context>
    <context>
        <name>LiveCaptions</name>
        <message>
            <source>{problem} The audio is saved and can be transcribed later.</source>
            <translation>{problem} Der Ton bleibt erhalten, und sein Text kann später erzeugt werden.</translation>
        </message>
    </context>
    <context>
        <name>LiveController</name>
        <message>
            <source>The marker could not be saved ({reason}): free some disk space.</source>
            <translation>Die Marke konnte nicht gespeichert werden ({reason}): Schaffen Sie Platz.</translation>
        </message>
    </context>
    <context>
        <name>LiveEnd</name>
        <message>
            <source>Name it</source>
            <translation>Geben Sie ihr einen Namen</translation>
        </message>
        <message>
            <source>Name of the recording</source>
            <translation>Name der Aufnahme</translation>
        </message>
        <message>
            <source>Discard</source>
            <translation>Verwerfen</translation>
        </message>
        <message>
            <source>Move it to the bin; you can restore it from there</source>
            <translation>In den Papierkorb der Bibliothek legen, aus dem sie sich wieder holen lässt</translation>
        </message>
        <message>
            <source>Edit</source>
            <translation>Korrigieren</translation>
        </message>
        <message>
            <source>Open in Editor</source>
            <translation>Im Editor öffnen</translation>
        </message>
        <message>
            <source>Keep</source>
            <translation>Behalten</translation>
        </message>
        <message>
            <source>Keep it in the Library</source>
            <translation>Sie bleibt in der Bibliothek</translation>
        </message>
        <message>
            <source>{length} recorded.</source>
            <translation>{length} aufgenommen.</translation>
        </message>
        <message>
            <source>The recording was moved to the bin.</source>
            <translation>Die Aufnahme liegt im Papierkorb.</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Rückgängig</translation>
        </message>
    </context>
    <context>
        <name>LivePage</name>
        <message>
            <source>Names and phrases</source>
            <translation>Namen und Wendungen</translation>
        </message>
        <message>
            <source>Recording in progress</source>
            <translation>Eine Aufnahme läuft</translation>
        </message>
        <message>
            <source>Stop the recording and close?</source>
            <translation>Aufnahme beenden und schließen?</translation>
        </message>
        <message>
            <source>What you have said so far is kept in the Library.</source>
            <translation>Was Sie bisher gesagt haben, bleibt in der Bibliothek.</translation>
        </message>
        <message>
            <source>Stop and close</source>
            <translation>Beenden und schließen</translation>
        </message>
        <message>
            <source>Continue recording</source>
            <translation>Weiter aufnehmen</translation>
        </message>
        <message>
            <source>Pause</source>
            <translation>Pause</translation>
        </message>
        <message>
            <source>Marker</source>
            <translation>Marke</translation>
        </message>
        <message>
            <source>Copy text</source>
            <translation>Text kopieren</translation>
        </message>
        <message>
            <source>Tell speakers apart</source>
            <translation>Sprecher unterscheiden</translation>
        </message>
        <message>
            <source>Tell speakers apart: from the next recording on, names stand before what is said</source>
            <translation>Sprecher unterscheiden: ab der nächsten Aufnahme stehen Namen vor dem Gesagten</translation>
        </message>
        <message>
            <source>Captions over other windows</source>
            <translation>Untertitel über anderen Fenstern</translation>
        </message>
        <message>
            <source>Microphone</source>
            <translation>Mikrofon</translation>
        </message>
        <message>
            <source>Language</source>
            <translation>Sprache</translation>
        </message>
        <message>
            <source>Pause or resume ({key})</source>
            <translation>Unterbrechen und fortfahren ({key})</translation>
        </message>
        <message>
            <source>Add marker ({key})</source>
            <translation>Diesen Moment merken ({key})</translation>
        </message>
        <message>
            <source>Captions over other windows ({key})</source>
            <translation>Untertitel über anderen Fenstern ({key})</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Stopp</translation>
        </message>
        <message>
            <source>Start speaking</source>
            <translation>Sprechen</translation>
        </message>
        <message>
            <source>Wait until the clock starts: what you say now may be lost.</source>
            <translation>Warten Sie, bis die Uhr läuft: Was Sie jetzt sagen, kann verloren gehen.</translation>
        </message>
        <message>
            <source>Listening…</source>
            <translation>Hört zu …</translation>
        </message>
        <message>
            <source>Your words appear here as you speak. Words the program is unsure of are coloured and have a dotted underline.</source>
            <translation>Was Sie sagen, erscheint hier, während Sie es sagen. Wörter, bei denen das Programm unsicher ist, sind farbig und gepunktet unterstrichen.</translation>
        </message>
        <message>
            <source>Continue</source>
            <translation>Weitermachen</translation>
        </message>
        <message>
            <source>Text copied.</source>
            <translation>Der Text wurde kopiert.</translation>
        </message>
    </context>
    <context>
        <name>LiveStatus</name>
        <message>
            <source>Text delay</source>
            <translation>Wie weit der Text zurückliegt</translation>
        </message>
        <message>
            <source>Ready</source>
            <translation>Bereit</translation>
        </message>
        <message>
            <source>Press the button or {key}, and speak.</source>
            <translation>Drücken Sie den Knopf oder {key}, und sprechen Sie.</translation>
        </message>
        <message>
            <source>Starting…</source>
            <translation>Einen Moment …</translation>
        </message>
        <message>
            <source>Opening the microphone.</source>
            <translation>Das Mikrofon wird geöffnet.</translation>
        </message>
        <message>
            <source>Paused; nothing is being recorded.</source>
            <translation>Unterbrochen; nichts wird aufgenommen.</translation>
        </message>
        <message>
            <source>Finishing…</source>
            <translation>Wird beendet …</translation>
        </message>
        <message>
            <source>Transcribing the last words.</source>
            <translation>Die letzten Wörter werden geschrieben.</translation>
        </message>
        <message>
            <source>Recording. The model is still loading; the text will follow.</source>
            <translation>Aufnahme läuft. Das Modell wird noch geladen; der Text folgt.</translation>
        </message>
        <message>
            <source>The text is {seconds:.0f} s behind; nothing is lost.</source>
            <translation>Der Text liegt {seconds:.0f} s zurück; nichts geht verloren.</translation>
        </message>
    </context>
    <context>
        <name>MainWindow</name>
        <message>
            <source>Live</source>
            <translation>Live</translation>
        </message>
        <message>
            <source>Files</source>
            <translation>Dateien</translation>
        </message>
        <message>
            <source>Library</source>
            <translation>Bibliothek</translation>
        </message>
        <message>
            <source>Editor</source>
            <translation>Editor</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>Modelle</translation>
        </message>
        <message>
            <source>Voice</source>
            <translation>Stimme</translation>
        </message>
        <message>
            <source>Settings</source>
            <translation>Einstellungen</translation>
        </message>
        <message>
            <source>Help</source>
            <translation>Hilfe</translation>
        </message>
    </context>
    <context>
        <name>Message</name>
        <message>
            <source>Copy details</source>
            <translation>Einzelheiten kopieren</translation>
        </message>
        <message>
            <source>Close this message</source>
            <translation>Diese Meldung schließen</translation>
        </message>
        <message>
            <source>Copied</source>
            <translation>Kopiert</translation>
        </message>
    </context>
    <context>
        <name>MicrophoneCheck</name>
        <message>
            <source>“{device}” {why}: choose another one.</source>
            <translation>„{device}“ {why}: Wählen Sie ein anderes.</translation>
        </message>
    </context>
    <context>
        <name>ModelActions</name>
        <message>
            <source>Another program is downloading this model; stop it there.</source>
            <translation>Ein anderes Programm lädt dieses Modell; beenden Sie es dort.</translation>
        </message>
        <message>
            <source>Deleting {name}…</source>
            <translation>{name} wird gelöscht …</translation>
        </message>
        <message>
            <source>Delete model</source>
            <translation>Modell löschen</translation>
        </message>
        <message>
            <source>Delete “{name}” from this computer?</source>
            <translation>„{name}“ von diesem Computer löschen?</translation>
        </message>
        <message>
            <source>This frees {size}. Your recordings and transcripts are kept.</source>
            <translation>{size} werden frei. Ihre Aufnahmen und Transkripte bleiben.</translation>
        </message>
        <message>
            <source>Delete</source>
            <translation>Löschen</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Behalten</translation>
        </message>
        <message>
            <source>Testing the speed of {name}…</source>
            <translation>Es wird gemessen, wie schnell {name} hier ist …</translation>
        </message>
        <message>
            <source>Converting {name}; this takes a few minutes…</source>
            <translation>{name} wird umgewandelt, das dauert einige Minuten …</translation>
        </message>
        <message>
            <source>Adding {name}…</source>
            <translation>{name} wird hinzugefügt …</translation>
        </message>
        <message>
            <source>{name} is installed.</source>
            <translation>{name} ist jetzt auf diesem Computer.</translation>
        </message>
        <message>
            <source>Use</source>
            <translation>Verwenden</translation>
        </message>
    </context>
    <context>
        <name>ModelBox</name>
        <message>
            <source>Language and model</source>
            <translation>Sprache und Modell</translation>
        </message>
        <message>
            <source>Language, and the model for it</source>
            <translation>Was zuhört: die Sprache und das Modell dafür</translation>
        </message>
    </context>
    <context>
        <name>ModelCard</name>
        <message>
            <source>In progress…</source>
            <translation>Läuft …</translation>
        </message>
        <message>
            <source>Verifying the download…</source>
            <translation>Es wird geprüft, ob jedes Byte richtig angekommen ist …</translation>
        </message>
        <message>
            <source>Converting for this computer; this takes a few minutes…</source>
            <translation>Wird für diesen Computer umgewandelt, das dauert einige Minuten …</translation>
        </message>
        <message>
            <source>Connecting…</source>
            <translation>Wird erfragt …</translation>
        </message>
        <message>
            <source>Remove</source>
            <translation>Entfernen</translation>
        </message>
        <message>
            <source>Delete from this computer</source>
            <translation>Von diesem Computer löschen</translation>
        </message>
        <message>
            <source>Test speed</source>
            <translation>Messen</translation>
        </message>
        <message>
            <source>Measure the speed on this computer; takes a few seconds</source>
            <translation>Wie schnell es hier ist; dauert einige Sekunden</translation>
        </message>
        <message>
            <source>Use</source>
            <translation>Verwenden</translation>
        </message>
        <message>
            <source>Use it for dictation and files from now on</source>
            <translation>Diktat und Dateien verwenden es von nun an</translation>
        </message>
        <message>
            <source>Download</source>
            <translation>Laden</translation>
        </message>
        <message>
            <source>Download it; none of your data is sent</source>
            <translation>Herunterladen; nichts von Ihnen wird gesendet</translation>
        </message>
        <message>
            <source>Partly downloaded</source>
            <translation>Teilweise geladen</translation>
        </message>
        <message>
            <source>Downloading</source>
            <translation>Wird geladen</translation>
        </message>
        <message>
            <source>Checking</source>
            <translation>Wird geprüft</translation>
        </message>
        <message>
            <source>Converting</source>
            <translation>Wird umgewandelt</translation>
        </message>
        <message>
            <source>On this computer</source>
            <translation>Auf diesem Computer</translation>
        </message>
        <message>
            <source>In use</source>
            <translation>In Gebrauch</translation>
        </message>
        <message>
            <source>Not usable</source>
            <translation>Nicht verwendbar</translation>
        </message>
        <message>
            <source>word error rate {count}%, as published for {test}</source>
            <translation>Wortfehlerrate {count} %, veröffentlicht für {test}</translation>
        </message>
        <message>
            <source>can learn your voice</source>
            <translation>kann Ihre Stimme lernen</translation>
        </message>
        <message>
            <source>fast enough for live text on this computer</source>
            <translation>hier schnell genug für Live-Text</translation>
        </message>
        <message>
            <source>live text is delayed on this computer</source>
            <translation>Live-Text folgt hier verzögert</translation>
        </message>
        <message>
            <source>too slow for live text on this computer, fine for files</source>
            <translation>hier zu langsam für Live-Text, gut für Dateien</translation>
        </message>
        <message>
            <source>{times}× real time</source>
            <translation>{times}-mal so schnell wie Sprechen</translation>
        </message>
        <message>
            <source>probably fast enough for live text on this computer</source>
            <translation>hier wohl schnell genug für Live-Text</translation>
        </message>
        <message>
            <source>live text would probably be delayed on this computer</source>
            <translation>Live-Text folgt hier wohl verzögert</translation>
        </message>
        <message>
            <source>probably only for files on this computer</source>
            <translation>hier wohl nur für Dateien</translation>
        </message>
        <message>
            <source>{done} of {total}</source>
            <translation>{done} von {total}</translation>
        </message>
        <message>
            <source>Included with the program, to try it out and to learn your voice. For real work, choose a larger model.</source>
            <translation>Gehört zum Programm, zum Ausprobieren und um Ihre Stimme zu lernen. Nehmen Sie für ernste Arbeit ein größeres.</translation>
        </message>
        <message>
            <source>Your own model, trained on the Voice page, where you can also go back to an earlier version.</source>
            <translation>Ihr eigenes: Es wurde auf der Seite Stimme angelernt; dort können Sie auch zurückgehen.</translation>
        </message>
        <message>
            <source>{speed} MB/s</source>
            <translation>{speed} MB/s</translation>
        </message>
        <message>
            <source>about {time} left</source>
            <translation>noch etwa {time}</translation>
        </message>
        <message>
            <source>licence {name}</source>
            <translation>Lizenz {name}</translation>
        </message>
        <message>
            <source>Discard</source>
            <translation>Wegwerfen</translation>
        </message>
        <message>
            <source>Delete the partial download</source>
            <translation>Löschen, was angekommen ist</translation>
        </message>
        <message>
            <source>Continue</source>
            <translation>Weitermachen</translation>
        </message>
        <message>
            <source>Continue where it stopped</source>
            <translation>Weitermachen, wo es aufgehört hat</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Stopp</translation>
        </message>
        <message>
            <source>Stop; you can continue later</source>
            <translation>Was angekommen ist, bleibt, um später weiterzumachen</translation>
        </message>
        <message>
            <source>The partial download is kept</source>
            <translation>Was angekommen ist, bleibt</translation>
        </message>
        <message>
            <source>Convert</source>
            <translation>Umwandeln</translation>
        </message>
        <message>
            <source>Convert it so that it can be used</source>
            <translation>Verwendbar machen</translation>
        </message>
    </context>
    <context>
        <name>ModelList</name>
        <message>
            <source>On this computer</source>
            <translation>Auf diesem Computer</translation>
        </message>
        <message>
            <source>Available</source>
            <translation>Erhältlich</translation>
        </message>
        <message>
            <source>No matching models.</source>
            <translation>Kein Modell passt.</translation>
        </message>
    </context>
    <context>
        <name>ModelsPage</name>
        <message>
            <source>Models</source>
            <translation>Modelle</translation>
        </message>
        <message>
            <source>A model turns speech into text. Each knows one language; larger models make fewer mistakes and need a faster computer.</source>
            <translation>Ein Modell ist das, was zuhört. Jedes kann eine Sprache; ein größeres macht weniger Fehler und braucht einen schnelleren Computer.</translation>
        </message>
        <message>
            <source>Search</source>
            <translation>Suchen</translation>
        </message>
        <message>
            <source>Search models</source>
            <translation>Modelle durchsuchen</translation>
        </message>
        <message>
            <source>Model language</source>
            <translation>Sprache der Modelle</translation>
        </message>
        <message>
            <source>Add folder…</source>
            <translation>Ordner…</translation>
        </message>
        <message>
            <source>A model you already have, such as one you trained</source>
            <translation>Ein Modell, das Sie schon haben, etwa ein selbst angelerntes</translation>
        </message>
        <message>
            <source>Download by name…</source>
            <translation>Nach Namen…</translation>
        </message>
        <message>
            <source>Any Hugging Face model by its name, such as owner/model</source>
            <translation>Jedes Modell des Hubs nach seinem Namen, etwa Besitzer/Modell</translation>
        </message>
        <message>
            <source>All languages</source>
            <translation>Alle Sprachen</translation>
        </message>
        <message>
            <source>Model folder</source>
            <translation>Ordner eines Modells</translation>
        </message>
        <message>
            <source>Download by name</source>
            <translation>Ein Modell des Hubs</translation>
        </message>
        <message>
            <source>Name, as owner/model. Speech models of the wav2vec2 family are supported.</source>
            <translation>Sein Name als Besitzer/Modell. Sprachmodelle der wav2vec2-Familie sind verwendbar.</translation>
        </message>
    </context>
    <context>
        <name>NothingOpen</name>
        <message>
            <source>Editor</source>
            <translation>Editor</translation>
        </message>
        <message>
            <source>Correct a transcript while you listen to it.</source>
            <translation>Ein Transkript korrigieren und dabei anhören.</translation>
        </message>
        <message>
            <source>No transcript is open</source>
            <translation>Kein Transkript ist geöffnet</translation>
        </message>
        <message>
            <source>Choose one in the Library, or open a transcript that was exported as JSON.</source>
            <translation>Wählen Sie eines in der Bibliothek, oder öffnen Sie ein als JSON exportiertes Transkript.</translation>
        </message>
        <message>
            <source>Go to Library</source>
            <translation>Zur Bibliothek</translation>
        </message>
        <message>
            <source>Open a file…</source>
            <translation>Datei öffnen …</translation>
        </message>
        <message>
            <source>Recent transcripts</source>
            <translation>Zuletzt geöffnet</translation>
        </message>
        <message>
            <source>Open a transcript</source>
            <translation>Transkript öffnen</translation>
        </message>
        <message>
            <source>Transcripts (*.json)</source>
            <translation>Transkripte (*.json)</translation>
        </message>
    </context>
    <context>
        <name>Notifications</name>
        <message>
            <source>The recording ({time}) is in the Library.</source>
            <translation>Die Aufnahme ({time}) liegt in der Bibliothek.</translation>
        </message>
        <message>
            <source>The recording has ended; the Live page says what went wrong.</source>
            <translation>Die Aufnahme ist zu Ende; die Seite Live sagt, was schiefging.</translation>
        </message>
    </context>
    <context>
        <name>OwnTexts</name>
        <message>
            <source>Your writing</source>
            <translation>Was Sie schreiben</translation>
        </message>
        <message>
            <source>Letters, notes, reports: the program learns which words you use, and in what order. Your texts are copied to the program's folder and stay on this computer.</source>
            <translation>Briefe, Notizen, Berichte: Das Programm lernt, welche Wörter Sie benutzen und was auf sie folgt. Ihre Texte werden in den Ordner des Programms kopiert und bleiben auf diesem Rechner.</translation>
        </message>
        <message>
            <source>Your texts</source>
            <translation>Texte, die Sie geschrieben haben</translation>
        </message>
        <message>
            <source>Nothing yet. A few pages help; the closer they are to what you dictate, the better.</source>
            <translation>Noch nichts. Ein paar Seiten helfen; je mehr davon, worüber Sie diktieren, desto besser.</translation>
        </message>
        <message>
            <source>Add texts</source>
            <translation>Texte hinzufügen</translation>
        </message>
        <message>
            <source>Plain text, Markdown or Word documents that you wrote</source>
            <translation>Einfacher Text, Markdown oder Word-Dokumente, die Sie geschrieben haben</translation>
        </message>
        <message>
            <source>Paste</source>
            <translation>Einfügen</translation>
        </message>
        <message>
            <source>Add text from the clipboard</source>
            <translation>Die kopierten Wörter hinzufügen</translation>
        </message>
        <message>
            <source>Remove</source>
            <translation>Entfernen</translation>
        </message>
        <message>
            <source>Remove the selected text; your own file is not deleted</source>
            <translation>Den gewählten Text herausnehmen; Ihre eigene Datei bleibt, wo sie ist</translation>
        </message>
        <message>
            <source>{name} · words: {count}</source>
            <translation>{name} · Wörter: {count}</translation>
        </message>
        <message>
            <source>Texts (*.txt *.md *.text *.docx)</source>
            <translation>Texte (*.txt *.md *.text *.docx)</translation>
        </message>
        <message>
            <source>There is no text to paste: copy some first.</source>
            <translation>Es gibt keine Wörter zum Einfügen: Kopieren Sie zuerst welche.</translation>
        </message>
    </context>
    <context>
        <name>PlaybackBar</name>
        <message>
            <source>Skip back</source>
            <translation>Zurück</translation>
        </message>
        <message>
            <source>Play</source>
            <translation>Abspielen</translation>
        </message>
        <message>
            <source>Skip forward</source>
            <translation>Weiter</translation>
        </message>
        <message>
            <source>Position</source>
            <translation>Stelle</translation>
        </message>
        <message>
            <source>Speed</source>
            <translation>Tempo</translation>
        </message>
        <message>
            <source>Repeat segment</source>
            <translation>Diesen Abschnitt wiederholen</translation>
        </message>
        <message>
            <source>Follow playback</source>
            <translation>Im Blick behalten, was zu hören ist</translation>
        </message>
        <message>
            <source>Zoom out</source>
            <translation>Verkleinern</translation>
        </message>
        <message>
            <source>Zoom in</source>
            <translation>Vergrößern</translation>
        </message>
        <message>
            <source>Pause</source>
            <translation>Pause</translation>
        </message>
    </context>
    <context>
        <name>ProfilesCard</name>
        <message>
            <source>Dictation by program</source>
            <translation>Diktat je Programm</translation>
        </message>
        <message>
            <source>A profile holds while you dictate into one of its programs. The first one counts.</source>
            <translation>Ein Profil gilt, während Sie in eines seiner Programme diktieren. Das erste zählt.</translation>
        </message>
        <message>
            <source>Profile</source>
            <translation>Profil</translation>
        </message>
        <message>
            <source>Add</source>
            <translation>Hinzufügen</translation>
        </message>
        <message>
            <source>Code editor</source>
            <translation>Code-Editor</translation>
        </message>
        <message>
            <source>Mail</source>
            <translation>E-Mail</translation>
        </message>
        <message>
            <source>Chat</source>
            <translation>Chat</translation>
        </message>
        <message>
            <source>Other programs</source>
            <translation>Andere Programme</translation>
        </message>
        <message>
            <source>Remove</source>
            <translation>Entfernen</translation>
        </message>
        <message>
            <source>For example: code, kate</source>
            <translation>Zum Beispiel: code, kate</translation>
        </message>
        <message>
            <source>Program names as the desktop has them, separated by commas</source>
            <translation>Programmnamen, wie der Desktop sie führt, durch Kommas getrennt</translation>
        </message>
        <message>
            <source>Names and terms, separated by commas</source>
            <translation>Namen und Begriffe, durch Kommas getrennt</translation>
        </message>
        <message>
            <source>Same as elsewhere</source>
            <translation>Wie sonst</translation>
        </message>
        <message>
            <source>Automatic</source>
            <translation>Automatisch</translation>
        </message>
        <message>
            <source>Typing</source>
            <translation>Tippen</translation>
        </message>
        <message>
            <source>Pasting (the clipboard is restored)</source>
            <translation>Einfügen (die Zwischenablage wird wiederhergestellt)</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>Name</translation>
        </message>
        <message>
            <source>Programs</source>
            <translation>Programme</translation>
        </message>
        <message>
            <source>Language and model</source>
            <translation>Sprache und Modell</translation>
        </message>
        <message>
            <source>Insert text by</source>
            <translation>Text einfügen durch</translation>
        </message>
        <message>
            <source>Hotwords</source>
            <translation>Hotwords</translation>
        </message>
        <message>
            <source>Punctuation</source>
            <translation>Zeichensetzung</translation>
        </message>
        <message>
            <source>Capitals</source>
            <translation>Großschreibung</translation>
        </message>
        <message>
            <source>Figures for numbers, dates, times and money</source>
            <translation>Ziffern für Zahlen, Daten, Uhrzeiten und Geld</translation>
        </message>
        <message>
            <source>The profile “{name}” was removed.</source>
            <translation>Das Profil „{name}“ wurde entfernt.</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Rückgängig</translation>
        </message>
    </context>
    <context>
        <name>ReadAloud</name>
        <message>
            <source>Your own text</source>
            <translation>Ein eigener Text</translation>
        </message>
        <message>
            <source>Read sentences from a text file, with names and words you use</source>
            <translation>Sätze einer Textdatei lesen: Namen und Wörter, die Sie gebrauchen</translation>
        </message>
        <message>
            <source>Built-in sentences</source>
            <translation>Die Sätze des Programms</translation>
        </message>
        <message>
            <source>Sentence to read</source>
            <translation>Satz zum Vorlesen</translation>
        </message>
        <message>
            <source>Keep</source>
            <translation>Behalten</translation>
        </message>
        <message>
            <source>Try again</source>
            <translation>Noch einmal</translation>
        </message>
        <message>
            <source>Skip sentence</source>
            <translation>Satz überspringen</translation>
        </message>
        <message>
            <source>You have read all sentences. Choose your own text to continue.</source>
            <translation>Alle Sätze sind gelesen. Wählen Sie einen eigenen Text, um weiterzumachen.</translation>
        </message>
        <message>
            <source>Done</source>
            <translation>Fertig</translation>
        </message>
        <message>
            <source>Read aloud</source>
            <translation>Vorlesen</translation>
        </message>
        <message>
            <source>Loading the sentences…</source>
            <translation>Einen Augenblick: die Sätze kommen gleich …</translation>
        </message>
        <message>
            <source>Press the button or {key}, and read the sentence.</source>
            <translation>Drücken Sie den Knopf oder {key}, und lesen Sie den Satz.</translation>
        </message>
        <message>
            <source>Opening the microphone…</source>
            <translation>Einen Augenblick: das Mikrofon wird geöffnet …</translation>
        </message>
        <message>
            <source>Read now. Press {key} when you are done.</source>
            <translation>Lesen Sie jetzt. Drücken Sie {key}, wenn Sie fertig sind.</translation>
        </message>
        <message>
            <source>Checking the recording…</source>
            <translation>Wird angehört …</translation>
        </message>
        <message>
            <source>Good recording.</source>
            <translation>Das ist gut.</translation>
        </message>
        <message>
            <source>Please read it again.</source>
            <translation>Lesen Sie es besser noch einmal.</translation>
        </message>
        <message>
            <source>Keep anyway</source>
            <translation>Trotzdem behalten</translation>
        </message>
    </context>
    <context>
        <name>ReadTakes</name>
        <message>
            <source>Read so far</source>
            <translation>Bisher gelesen</translation>
        </message>
        <message>
            <source>Minutes read, of the recommended minutes</source>
            <translation>Gelesene Minuten, von denen, die sich lohnen</translation>
        </message>
        <message>
            <source>Kept sentences, newest first</source>
            <translation>Behaltene Sätze, der letzte zuerst</translation>
        </message>
        <message>
            <source>Sentences you keep appear here; you can play and delete them.</source>
            <translation>Was Sie behalten, steht hier; Sie können es anhören und löschen.</translation>
        </message>
        <message>
            <source>Play</source>
            <translation>Anhören</translation>
        </message>
        <message>
            <source>Play the selected sentence (Enter)</source>
            <translation>Den gewählten Satz anhören (Eingabetaste)</translation>
        </message>
        <message>
            <source>Delete</source>
            <translation>Löschen</translation>
        </message>
        <message>
            <source>Delete the selected sentence; it will come up again</source>
            <translation>Den gewählten Satz löschen; er kommt wieder</translation>
        </message>
        <message>
            <source>{minutes} of {goal} minutes</source>
            <translation>{minutes} von {goal} Minuten</translation>
        </message>
        <message>
            <source>Ten minutes give most of the improvement.</source>
            <translation>Zehn Minuten bringen das meiste.</translation>
        </message>
        <message>
            <source>That is enough for training; more helps a little.</source>
            <translation>Das reicht zum Lernen; mehr hilft noch ein wenig.</translation>
        </message>
    </context>
    <context>
        <name>RecognitionCard</name>
        <message>
            <source>Recognition</source>
            <translation>Erkennung</translation>
        </message>
        <message>
            <source>Beam search (more accurate)</source>
            <translation>Ganze Sätze abwägen (besser)</translation>
        </message>
        <message>
            <source>Greedy, letter by letter (faster)</source>
            <translation>Buchstabe für Buchstabe (schneller)</translation>
        </message>
        <message>
            <source>Decoding</source>
            <translation>Wie der Text gefunden wird</translation>
        </message>
        <message>
            <source>From the model</source>
            <translation>Die des Modells</translation>
        </message>
        <message>
            <source>None</source>
            <translation>Keine</translation>
        </message>
        <message>
            <source>Language model</source>
            <translation>Kenntnis der Sprache</translation>
        </message>
        <message>
            <source>Pause that ends a sentence</source>
            <translation>Pause, die einen Satz beendet</translation>
        </message>
        <message>
            <source> ms</source>
            <translation> ms</translation>
        </message>
        <message>
            <source>Voice detection threshold</source>
            <translation>Wie deutlich eine Stimme sein muss</translation>
        </message>
        <message>
            <source>Free the model's memory after</source>
            <translation>Speicher des Modells freigeben nach</translation>
        </message>
        <message>
            <source> min</source>
            <translation> min</translation>
        </message>
        <message>
            <source>Never</source>
            <translation>Nie</translation>
        </message>
        <message>
            <source>Processor threads</source>
            <translation>Prozessor-Threads</translation>
        </message>
        <message>
            <source>One per core</source>
            <translation>Einer je Kern</translation>
        </message>
    </context>
    <context>
        <name>RecordingSign</name>
        <message>
            <source>Paused at {time}: click to stop</source>
            <translation>Pausiert bei {time}: beenden</translation>
        </message>
        <message>
            <source>Recording, {time}: click to stop</source>
            <translation>Aufnahme läuft, {time}: beenden</translation>
        </message>
        <message>
            <source>Stop recording</source>
            <translation>Aufnahme beenden</translation>
        </message>
    </context>
    <context>
        <name>Recovery</name>
        <message>
            <source>A recording of {length} minutes was interrupted; its audio is safe.</source>
            <translation>Eine Aufnahme von {length} Minuten wurde nicht beendet; ihr Ton ist sicher.</translation>
        </message>
        <message>
            <source>{count} recordings, {length} minutes in total, were interrupted; their audio is safe.</source>
            <translation>{count} Aufnahmen, zusammen {length} Minuten, wurden nicht beendet; ihr Ton ist sicher.</translation>
        </message>
        <message>
            <source>Recover</source>
            <translation>Wiederherstellen</translation>
        </message>
        <message>
            <source>Recovering: the recording is being transcribed. You can continue working.</source>
            <translation>Wird wiederhergestellt: Das Gesagte wird geschrieben. Sie können inzwischen weitermachen.</translation>
        </message>
        <message>
            <source>Recovered; it is in the Library.</source>
            <translation>Wiederhergestellt; es liegt in der Bibliothek.</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>Öffnen</translation>
        </message>
    </context>
    <context>
        <name>SaveSeveral</name>
        <message>
            <source>Save {count} transcripts</source>
            <translation>{count} Transkripte speichern</translation>
        </message>
        <message>
            <source>Format</source>
            <translation>Format</translation>
        </message>
        <message>
            <source>Folder</source>
            <translation>Ordner</translation>
        </message>
        <message>
            <source>Choose…</source>
            <translation>Wählen …</translation>
        </message>
        <message>
            <source>Files are named as in the Library. Existing files are not replaced.</source>
            <translation>Jedes heißt wie in der Bibliothek. Dateien, die schon so heißen, bleiben, wie sie sind.</translation>
        </message>
        <message>
            <source>Save</source>
            <translation>Speichern</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>Save in</source>
            <translation>Wohin speichern</translation>
        </message>
    </context>
    <context>
        <name>ServerCard</name>
        <message>
            <source>Server for other programs</source>
            <translation>Server für andere Programme</translation>
        </message>
        <message>
            <source>Programs that can use OpenAI's transcription API can use this computer instead.</source>
            <translation>Programme, die OpenAIs Transkriptions-API verwenden, können stattdessen diesen Computer verwenden.</translation>
        </message>
        <message>
            <source>Run the server while the program is open</source>
            <translation>Server ausführen, solange das Programm geöffnet ist</translation>
        </message>
        <message>
            <source>Allow other computers in the network (not encrypted)</source>
            <translation>Andere Computer im Netzwerk zulassen (nicht verschlüsselt)</translation>
        </message>
        <message>
            <source>Port</source>
            <translation>Port</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>Kopieren</translation>
        </message>
        <message>
            <source>Address</source>
            <translation>Adresse</translation>
        </message>
        <message>
            <source>New</source>
            <translation>Neu</translation>
        </message>
        <message>
            <source>API key</source>
            <translation>API-Schlüssel</translation>
        </message>
        <message>
            <source>State of the server</source>
            <translation>Zustand des Servers</translation>
        </message>
        <message>
            <source>The server is off.</source>
            <translation>Der Server ist aus.</translation>
        </message>
        <message>
            <source>The server is starting…</source>
            <translation>Der Server wird gestartet …</translation>
        </message>
        <message>
            <source>The server is running.</source>
            <translation>Der Server läuft.</translation>
        </message>
        <message>
            <source>Last request at {time}: refused, because the API key was missing or wrong.</source>
            <translation>Letzte Anfrage um {time}: abgelehnt, weil der API-Schlüssel fehlte oder falsch war.</translation>
        </message>
        <message>
            <source>a recording</source>
            <translation>eine Aufnahme</translation>
        </message>
        <message>
            <source>live speech</source>
            <translation>laufende Sprache</translation>
        </message>
        <message>
            <source>the name of the model</source>
            <translation>der Name des Modells</translation>
        </message>
        <message>
            <source>Last request at {time}: {what}, failed (status {status}).</source>
            <translation>Letzte Anfrage um {time}: {what}, fehlgeschlagen (Status {status}).</translation>
        </message>
        <message>
            <source>Last request at {time}: {what}, answered.</source>
            <translation>Letzte Anfrage um {time}: {what}, beantwortet.</translation>
        </message>
        <message>
            <source>New API key</source>
            <translation>Neuer API-Schlüssel</translation>
        </message>
        <message>
            <source>Make a new API key?</source>
            <translation>Neuen API-Schlüssel erzeugen?</translation>
        </message>
        <message>
            <source>Programs that use the present key will be refused.</source>
            <translation>Programme mit dem jetzigen Schlüssel werden dann abgewiesen.</translation>
        </message>
        <message>
            <source>Make new key</source>
            <translation>Neuen Schlüssel erzeugen</translation>
        </message>
        <message>
            <source>Keep key</source>
            <translation>Schlüssel behalten</translation>
        </message>
    </context>
    <context>
        <name>SettingsForm</name>
        <message>
            <source>Choose</source>
            <translation>Wählen</translation>
        </message>
    </context>
    <context>
        <name>SettingsPage</name>
        <message>
            <source>Settings</source>
            <translation>Einstellungen</translation>
        </message>
        <message>
            <source>Changes apply immediately.</source>
            <translation>Jede Änderung gilt sofort.</translation>
        </message>
        <message>
            <source>Show advanced settings</source>
            <translation>Erweiterte Einstellungen zeigen</translation>
        </message>
        <message>
            <source>General</source>
            <translation>Fenster</translation>
        </message>
        <message>
            <source>Same as system</source>
            <translation>Wie im System</translation>
        </message>
        <message>
            <source>Light</source>
            <translation>Hell</translation>
        </message>
        <message>
            <source>Dark</source>
            <translation>Dunkel</translation>
        </message>
        <message>
            <source>Theme</source>
            <translation>Aussehen</translation>
        </message>
        <message>
            <source>Interface language</source>
            <translation>Sprache des Fensters</translation>
        </message>
        <message>
            <source>Keep running in the tray when the window is closed</source>
            <translation>Nach dem Schließen im Infobereich bleiben</translation>
        </message>
        <message>
            <source>Start in the tray at login</source>
            <translation>Bei der Anmeldung im Infobereich starten</translation>
        </message>
        <message>
            <source>Speech</source>
            <translation>Sprache</translation>
        </message>
        <message>
            <source>Microphone</source>
            <translation>Mikrofon</translation>
        </message>
        <message>
            <source>Language and model</source>
            <translation>Sprache und Modell</translation>
        </message>
        <message>
            <source>Captions over other windows</source>
            <translation>Untertitel über anderen Fenstern</translation>
        </message>
        <message>
            <source>Text size</source>
            <translation>Größe der Schrift</translation>
        </message>
        <message>
            <source> pt</source>
            <translation> pt</translation>
        </message>
        <message>
            <source>Lines</source>
            <translation>Zeilen</translation>
        </message>
        <message>
            <source>Text</source>
            <translation>Schrift</translation>
        </message>
        <message>
            <source>Background</source>
            <translation>Hintergrund</translation>
        </message>
        <message>
            <source>Background opacity</source>
            <translation>Deckkraft des Hintergrunds</translation>
        </message>
        <message>
            <source>Let clicks through to the window below</source>
            <translation>Klicks zum Fenster darunter durchlassen</translation>
        </message>
        <message>
            <source>Keyboard shortcuts</source>
            <translation>Tasten</translation>
        </message>
        <message>
            <source>Click a shortcut and press another key; foot pedals work too. Backspace removes it.</source>
            <translation>Klicken Sie eine Taste an und drücken Sie eine andere; auch Fußpedale senden Tasten. Die Rücktaste entfernt sie.</translation>
        </message>
        <message>
            <source>Network</source>
            <translation>Netz</translation>
        </message>
        <message>
            <source>What you say and write stays on this computer. The network is used only to download a model, when you ask for it on the Models page, and by other programs, if you allow them.</source>
            <translation>Was Sie sagen und schreiben, bleibt auf diesem Computer. Das Netzwerk wird nur verwendet, um ein Modell herunterzuladen, wenn Sie das auf der Seite „Modelle“ wünschen, und von anderen Programmen, wenn Sie diese zulassen.</translation>
        </message>
    </context>
    <context>
        <name>SpeakerDialog</name>
        <message>
            <source>Speaker</source>
            <translation>Sprecher</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>Name</translation>
        </message>
        <message>
            <source>Everything that {name} says ({count})</source>
            <translation>Alles, was {name} sagt ({count})</translation>
        </message>
        <message>
            <source>Up to the next segment by someone else</source>
            <translation>Bis zum nächsten Abschnitt von jemand anderem</translation>
        </message>
        <message>
            <source>Only this segment</source>
            <translation>Nur dieser Abschnitt</translation>
        </message>
        <message>
            <source>Who is {name}?</source>
            <translation>Wer ist {name}?</translation>
        </message>
        <message>
            <source>Who is speaking?</source>
            <translation>Wer sagt das?</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>Listen</source>
            <translation>Anhören</translation>
        </message>
        <message>
            <source>Merge</source>
            <translation>Zusammenführen</translation>
        </message>
        <message>
            <source>{one} and {other} become one speaker. You can undo this.</source>
            <translation>{one} und {other} werden ein Sprecher. Sie können das rückgängig machen.</translation>
        </message>
    </context>
    <context>
        <name>SpeakersMenu</name>
        <message>
            <source>Name the speaker of this segment…</source>
            <translation>Sprecher dieses Abschnitts benennen …</translation>
        </message>
        <message>
            <source>Rename…</source>
            <translation>Umbenennen …</translation>
        </message>
        <message>
            <source>Merge with</source>
            <translation>Zusammenführen mit</translation>
        </message>
        <message>
            <source>Next turn</source>
            <translation>Nächster Redebeitrag</translation>
        </message>
        <message>
            <source>Remember this voice…</source>
            <translation>Diese Stimme merken …</translation>
        </message>
    </context>
    <context>
        <name>SpokenCommandsCard</name>
        <message>
            <source>Spoken commands</source>
            <translation>Gesprochene Befehle</translation>
        </message>
        <message>
            <source>Say a command on its own, with a pause before and after it. In the middle of a sentence its words stay text. Add your own commands in the settings.</source>
            <translation>Sprechen Sie einen Befehl für sich, mit einer Pause davor und danach. Mitten im Satz bleiben seine Wörter Text. Eigene Befehle fügen Sie in den Einstellungen hinzu.</translation>
        </message>
        <message>
            <source>New line</source>
            <translation>Neue Zeile</translation>
        </message>
        <message>
            <source>New paragraph</source>
            <translation>Neuer Absatz</translation>
        </message>
        <message>
            <source>Press {key}</source>
            <translation>{key} drücken</translation>
        </message>
        <message>
            <source>Delete what was inserted last</source>
            <translation>Löschen, was zuletzt eingefügt wurde</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Rückgängig</translation>
        </message>
        <message>
            <source>Select what was inserted last</source>
            <translation>Auswählen, was zuletzt eingefügt wurde</translation>
        </message>
        <message>
            <source>Stop dictation</source>
            <translation>Diktat beenden</translation>
        </message>
        <message>
            <source>Write the words that follow in capitals</source>
            <translation>Die folgenden Wörter groß schreiben</translation>
        </message>
    </context>
    <context>
        <name>StorageCard</name>
        <message>
            <source>Storage</source>
            <translation>Wo alles liegt</translation>
        </message>
        <message>
            <source>Recordings</source>
            <translation>Aufnahmen</translation>
        </message>
        <message>
            <source>Change</source>
            <translation>Ändern</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>Öffnen</translation>
        </message>
        <message>
            <source>Library</source>
            <translation>Bibliothek</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>Modelle</translation>
        </message>
        <message>
            <source>Other files</source>
            <translation>Alles andere</translation>
        </message>
        <message>
            <source>Recordings folder</source>
            <translation>Wo Aufnahmen liegen</translation>
        </message>
        <message>
            <source>{folder} cannot be created ({reason}).</source>
            <translation>{folder} kann nicht angelegt werden ({reason}).</translation>
        </message>
    </context>
    <context>
        <name>SubtitleModel</name>
        <message>
            <source>Time</source>
            <translation>Zeit</translation>
        </message>
        <message>
            <source>Subtitle</source>
            <translation>Untertitel</translation>
        </message>
        <message>
            <source>Chars/s</source>
            <translation>Zeichen/s</translation>
        </message>
        <message>
            <source>A line has {actual} characters; at most {limit}.</source>
            <translation>Eine Zeile hat {actual} Zeichen; höchstens {limit}.</translation>
        </message>
        <message>
            <source>{actual} lines; at most {limit}.</source>
            <translation>{actual} Zeilen; höchstens {limit}.</translation>
        </message>
        <message>
            <source>{actual} characters per second; at most {limit}. Shorten the text by {too_many} characters.</source>
            <translation>{actual} Zeichen je Sekunde sind zu lesen; höchstens {limit}. Kürzen Sie den Text um {too_many} Zeichen.</translation>
        </message>
        <message>
            <source>On screen for {actual} s; at least {limit} s. Join it with the next one, or drag its edge in the waveform.</source>
            <translation>{actual} s zu sehen; mindestens {limit} s. Verbinden Sie ihn mit seinem Nachbarn, oder verschieben Sie die Grenze in der Wellenform.</translation>
        </message>
        <message>
            <source>On screen for {actual} s; at most {limit} s.</source>
            <translation>{actual} s zu sehen; höchstens {limit} s.</translation>
        </message>
        <message>
            <source>Gap of {actual} s before the next subtitle; at least {limit} s.</source>
            <translation>{actual} s vor dem nächsten; mindestens {limit} s.</translation>
        </message>
        <message>
            <source>Overlaps the next subtitle by {actual} s.</source>
            <translation>{actual} s zu lang: Der nächste kommt, bevor er verschwunden ist.</translation>
        </message>
    </context>
    <context>
        <name>SubtitleRulesForm</name>
        <message>
            <source>Maximum characters per line</source>
            <translation>Zeichen je Zeile, höchstens</translation>
        </message>
        <message>
            <source>Maximum lines</source>
            <translation>Zeilen, höchstens</translation>
        </message>
        <message>
            <source>Maximum characters per second</source>
            <translation>Zeichen je Sekunde, höchstens</translation>
        </message>
        <message>
            <source>Minimum seconds on screen</source>
            <translation>Sekunden zu sehen, mindestens</translation>
        </message>
        <message>
            <source>Maximum seconds on screen</source>
            <translation>Sekunden zu sehen, höchstens</translation>
        </message>
        <message>
            <source>Lines</source>
            <translation>Zeilen</translation>
        </message>
        <message>
            <source>Characters per line</source>
            <translation>Zeichen je Zeile</translation>
        </message>
        <message>
            <source>Characters per second</source>
            <translation>Zeichen je Sekunde</translation>
        </message>
        <message>
            <source>Seconds on screen</source>
            <translation>Sekunden zu sehen</translation>
        </message>
    </context>
    <context>
        <name>SubtitleView</name>
        <message>
            <source>Only those with problems</source>
            <translation>Nur die, die eine Regel verletzen</translation>
        </message>
        <message>
            <source>Subtitle rules</source>
            <translation>Regeln für Untertitel</translation>
        </message>
        <message>
            <source>Edit subtitle rules</source>
            <translation>Regeln festlegen</translation>
        </message>
        <message>
            <source>Problems with this subtitle</source>
            <translation>Was an diesem Untertitel auszusetzen ist</translation>
        </message>
        <message>
            <source>Subtitles</source>
            <translation>Untertitel</translation>
        </message>
        <message>
            <source>No speech was found, so there are no subtitles.</source>
            <translation>Es wurde nichts gesagt, also gibt es keine Untertitel.</translation>
        </message>
        <message>
            <source>{count} of {total} subtitles break a rule.</source>
            <translation>{count} von {total} Untertiteln verletzen eine Regel.</translation>
        </message>
        <message>
            <source>All {total} subtitles follow the rules.</source>
            <translation>Alle {total} Untertitel halten die Regeln ein.</translation>
        </message>
        <message>
            <source>At most {width} characters per line, {speed} per second.</source>
            <translation>Höchstens {width} Zeichen je Zeile, {speed} je Sekunde.</translation>
        </message>
    </context>
    <context>
        <name>TextMenu</name>
        <message>
            <source>Remove confirmation</source>
            <translation>Bestätigung zurücknehmen</translation>
        </message>
        <message>
            <source>Speaker: {name}</source>
            <translation>Sprecher: {name}</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>Kopieren</translation>
        </message>
        <message>
            <source>Paste</source>
            <translation>Einfügen</translation>
        </message>
    </context>
    <context>
        <name>TrainingNews</name>
        <message>
            <source>Training has finished.</source>
            <translation>Das Lernen ist fertig.</translation>
        </message>
    </context>
    <context>
        <name>TrainingPlot</name>
        <message>
            <source>Loss (falls while the model learns)</source>
            <translation>Wie weit das Modell danebenliegt (fällt, während es lernt)</translation>
        </message>
        <message>
            <source>Word error rate (%), letter by letter</source>
            <translation>Wortfehlerrate (%), Buchstabe für Buchstabe</translation>
        </message>
        <message>
            <source>Measured letter by letter on a few sentences, the error rate fluctuates and may even rise. What counts is the comparison at the end: on more of your speech, and with your settings.</source>
            <translation>Buchstabe für Buchstabe und nur an wenigen Sätzen gemessen, schwanken die Fehler und können sogar zunehmen. Was zählt, ist der Vergleich am Ende: an mehr von dem, was Sie gesprochen haben, und so, wie Sie das Modell dann verwenden.</translation>
        </message>
    </context>
    <context>
        <name>TranscriptView</name>
        <message>
            <source>You can edit one segment at a time: select less text.</source>
            <translation>Text lässt sich nur in einem Abschnitt auf einmal ändern: Wählen Sie weniger aus.</translation>
        </message>
        <message>
            <source>To join two segments, use “Join with next segment”.</source>
            <translation>Zum Verbinden zweier Abschnitte gibt es „Mit dem nächsten verbinden“.</translation>
        </message>
        <message>
            <source>Transcript</source>
            <translation>Transkript</translation>
        </message>
        <message>
            <source>Play from here</source>
            <translation>Ab hier abspielen</translation>
        </message>
        <message>
            <source>Name speaker</source>
            <translation>Sprecher benennen</translation>
        </message>
    </context>
    <context>
        <name>Tray</name>
        <message>
            <source>Captions over other windows</source>
            <translation>Untertitel über anderen Fenstern</translation>
        </message>
        <message>
            <source>Open window</source>
            <translation>Fenster öffnen</translation>
        </message>
        <message>
            <source>Quit</source>
            <translation>Beenden</translation>
        </message>
        <message>
            <source>Copy last dictation</source>
            <translation>Letztes Diktat kopieren</translation>
        </message>
        <message>
            <source>Kept text</source>
            <translation>Aufbewahrter Text</translation>
        </message>
        <message>
            <source>Correct last dictation…</source>
            <translation>Letztes Diktat korrigieren …</translation>
        </message>
        <message>
            <source>Microphone</source>
            <translation>Mikrofon</translation>
        </message>
        <message>
            <source>Dictate in other programs</source>
            <translation>In anderen Programmen diktieren</translation>
        </message>
        <message>
            <source>Stop dictation</source>
            <translation>Diktat beenden</translation>
        </message>
        <message>
            <source>Insert</source>
            <translation>Einfügen</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>Kopieren</translation>
        </message>
        <message>
            <source>Discard</source>
            <translation>Wegwerfen</translation>
        </message>
        <message>
            <source>System default</source>
            <translation>Standard des Systems</translation>
        </message>
        <message>
            <source>Stop recording ({time})</source>
            <translation>Aufnahme beenden ({time})</translation>
        </message>
        <message>
            <source>Start recording</source>
            <translation>Aufnahme starten</translation>
        </message>
        <message>
            <source>Continue</source>
            <translation>Weitermachen</translation>
        </message>
        <message>
            <source>Pause</source>
            <translation>Pause</translation>
        </message>
        <message>
            <source>Recording, {time}: click to stop</source>
            <translation>Aufnahme läuft, {time}: ein Klick beendet sie</translation>
        </message>
        <message>
            <source>Starting dictation…</source>
            <translation>Diktat beginnt…</translation>
        </message>
        <message>
            <source>Dictating: speak now</source>
            <translation>Diktat: jetzt sprechen</translation>
        </message>
        <message>
            <source>Dictation paused</source>
            <translation>Diktat angehalten</translation>
        </message>
        <message>
            <source>Finishing dictation…</source>
            <translation>Diktat wird beendet…</translation>
        </message>
    </context>
    <context>
        <name>VoiceDialog</name>
        <message>
            <source>Teach the model</source>
            <translation>Modell anlernen</translation>
        </message>
        <message>
            <source>Which speaker are you?</source>
            <translation>Welcher Sprecher sind Sie?</translation>
        </message>
        <message>
            <source>The model learns your voice best from what you say yourself.</source>
            <translation>Am besten lernt das Modell Ihre Stimme aus dem, was Sie selbst sagen.</translation>
        </message>
        <message>
            <source>{name} (corrected or confirmed: {count})</source>
            <translation>{name} (korrigiert oder bestätigt: {count})</translation>
        </message>
        <message>
            <source>Everyone</source>
            <translation>Alle</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
    </context>
    <context>
        <name>VoiceGains</name>
        <message>
            <source>Improvement</source>
            <translation>Was es gebracht hat</translation>
        </message>
        <message>
            <source>Versions of your model</source>
            <translation>Fassungen Ihres Modells</translation>
        </message>
        <message>
            <source>Every model you used is kept</source>
            <translation>Jedes Modell, das in Gebrauch war, wird aufgehoben</translation>
        </message>
        <message>
            <source>Use this version</source>
            <translation>Diese Fassung benutzen</translation>
        </message>
        <message>
            <source>Use this version from now on; the others are kept</source>
            <translation>Von nun an diese Fassung benutzen; die anderen bleiben</translation>
        </message>
        <message>
            <source>Version</source>
            <translation>Fassung</translation>
        </message>
        <message>
            <source>{number}, before training</source>
            <translation>{number}, wie es vor dem Anlernen war</translation>
        </message>
        <message>
            <source>{number}, {moment}</source>
            <translation>{number}, vom {moment}</translation>
        </message>
        <message>
            <source>{version} (in use)</source>
            <translation>{version} (in Gebrauch)</translation>
        </message>
    </context>
    <context>
        <name>VoiceMaterial</name>
        <message>
            <source>Training material</source>
            <translation>Woraus gelernt werden kann</translation>
        </message>
        <message>
            <source>Corrections come from the Editor: correct a transcript or confirm what is right in it, and choose “Teach the model”.</source>
            <translation>Korrekturen kommen aus dem Editor: Korrigieren Sie einen Text, oder bestätigen Sie, was darin stimmt, und lassen Sie das Modell daraus lernen.</translation>
        </message>
        <message>
            <source>Recording check</source>
            <translation>Taugt es zum Lernen?</translation>
        </message>
        <message>
            <source>Check recordings</source>
            <translation>Aufnahmen prüfen</translation>
        </message>
        <message>
            <source>Check that every sentence is loud and clear and matches its text</source>
            <translation>Jeden Satz anhören: Ist er laut und deutlich, und sagt er, was geschrieben steht?</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Stopp</translation>
        </message>
        <message>
            <source>Results of the check</source>
            <translation>Was in Ihren Aufnahmen gefunden wurde</translation>
        </message>
        <message>
            <source>Checks that every sentence is loud and clear and matches its text.</source>
            <translation>Jeder Satz wird angehört: ob er laut und deutlich ist und sagt, was geschrieben steht.</translation>
        </message>
        <message>
            <source>Checking your recordings…</source>
            <translation>Ihre Aufnahmen werden angehört …</translation>
        </message>
        <message>
            <source>Stopped.</source>
            <translation>Angehalten.</translation>
        </message>
        <message>
            <source>Sentences read aloud: {count} ({minutes} min)</source>
            <translation>Vorgelesene Sätze: {count} ({minutes} min)</translation>
        </message>
        <message>
            <source>Sentences from corrections: {count} ({minutes} min)</source>
            <translation>Sätze aus Verbesserungen: {count} ({minutes} min)</translation>
        </message>
        <message>
            <source>Sentences ready for training: {count} ({minutes} min).</source>
            <translation>Sätze, die zum Lernen taugen: {count} ({minutes} min).</translation>
        </message>
        <message>
            <source>1 should be read again.</source>
            <translation>Einen liest man besser noch einmal.</translation>
        </message>
        <message>
            <source>{count} should be read again.</source>
            <translation>{count} werden besser noch einmal gelesen.</translation>
        </message>
        <message>
            <source>No problems were found.</source>
            <translation>An ihnen ist nichts auszusetzen.</translation>
        </message>
        <message>
            <source>and {count} more</source>
            <translation>und {count} weitere</translation>
        </message>
        <message>
            <source>No recordings yet: read some sentences aloud.</source>
            <translation>Es gibt noch keine Aufnahmen: Lesen Sie einige Sätze vor.</translation>
        </message>
    </context>
    <context>
        <name>VoicePage</name>
        <message>
            <source>Voice</source>
            <translation>Stimme</translation>
        </message>
        <message>
            <source>Teach the model how you speak. Everything stays on this computer.</source>
            <translation>Bringen Sie dem Modell bei, wie Sie sprechen. Alles bleibt auf diesem Rechner.</translation>
        </message>
        <message>
            <source>Steps</source>
            <translation>Schritte</translation>
        </message>
        <message>
            <source>1  Read aloud</source>
            <translation>1  Vorlesen</translation>
        </message>
        <message>
            <source>2  Your speech</source>
            <translation>2  Aufnahmen</translation>
        </message>
        <message>
            <source>3  Teach</source>
            <translation>3  Anlernen</translation>
        </message>
        <message>
            <source>Your texts</source>
            <translation>Ihre Texte</translation>
        </message>
        <message>
            <source>Single names and phrases need no training: type them on the Live page.</source>
            <translation>Einzelne Namen und Wendungen brauchen kein Training: Tippen Sie sie auf der Seite Live ein.</translation>
        </message>
        <message>
            <source>Go to Live</source>
            <translation>Zur Seite Live</translation>
        </message>
        <message>
            <source>Training in progress</source>
            <translation>Das Modell lernt gerade</translation>
        </message>
        <message>
            <source>Pause the training and close?</source>
            <translation>Das Training anhalten und schließen?</translation>
        </message>
        <message>
            <source>Progress is kept; Start continues from there next time.</source>
            <translation>Was gelernt ist, bleibt; Start macht das nächste Mal dort weiter.</translation>
        </message>
        <message>
            <source>Pause and close</source>
            <translation>Anhalten und schließen</translation>
        </message>
        <message>
            <source>Continue training</source>
            <translation>Weiter lernen lassen</translation>
        </message>
    </context>
    <context>
        <name>VoicePairs</name>
        <message>
            <source>From your corrections</source>
            <translation>Aus Ihren Korrekturen</translation>
        </message>
        <message>
            <source>Sentences from your corrections</source>
            <translation>Sätze aus Ihren Korrekturen</translation>
        </message>
        <message>
            <source>The model learns each sentence as it is written here. Remove those that are wrong.</source>
            <translation>Das Modell lernt jeden Satz so, wie er hier steht. Entfernen Sie, was falsch ist.</translation>
        </message>
        <message>
            <source>Play</source>
            <translation>Abspielen</translation>
        </message>
        <message>
            <source>Play the selected sentence (Enter)</source>
            <translation>Den ausgewählten Satz abspielen (Eingabetaste)</translation>
        </message>
        <message>
            <source>Remove</source>
            <translation>Entfernen</translation>
        </message>
        <message>
            <source>Remove the selected sentences (Delete); their transcripts stay</source>
            <translation>Die ausgewählten Sätze entfernen (Entf); ihre Texte bleiben</translation>
        </message>
    </context>
    <context>
        <name>VoiceProgress</name>
        <message>
            <source>Teach the model your voice</source>
            <translation>Dem Modell Ihre Stimme beibringen</translation>
        </message>
        <message>
            <source>The model trains on your sentences; some are set aside to measure the result. This takes a while; you can pause at any time and continue later.</source>
            <translation>Das Modell hört Ihre Sätze immer wieder; einige werden zurückgelegt, um daran zu messen. Es dauert eine Weile; Sie können jederzeit anhalten und später weitermachen.</translation>
        </message>
        <message>
            <source>Start</source>
            <translation>Start</translation>
        </message>
        <message>
            <source>Start or continue</source>
            <translation>Anfangen oder weitermachen</translation>
        </message>
        <message>
            <source>Pause</source>
            <translation>Pause</translation>
        </message>
        <message>
            <source>Pause now; Start continues from there</source>
            <translation>Jetzt anhalten; der nächste Start macht dort weiter</translation>
        </message>
        <message>
            <source>Progress of this step</source>
            <translation>Wie viel von diesem Schritt getan ist</translation>
        </message>
        <message>
            <source>Preparing…</source>
            <translation>Wird vorbereitet …</translation>
        </message>
        <message>
            <source>Pausing: saving progress…</source>
            <translation>Wird angehalten: Das Gelernte wird gespeichert …</translation>
        </message>
        <message>
            <source>Processing your sentences…</source>
            <translation>Ihre Sätze werden angehört …</translation>
        </message>
        <message>
            <source>Learning…</source>
            <translation>Lernt …</translation>
        </message>
        <message>
            <source>Saving the new model…</source>
            <translation>Das neue Modell wird geschrieben …</translation>
        </message>
        <message>
            <source>Comparing the new model with the current one…</source>
            <translation>Das neue Modell wird mit dem bisherigen verglichen …</translation>
        </message>
        <message>
            <source>Paused. You can continue from here at any time.</source>
            <translation>Unterbrochen. Es geht hier weiter, wann Sie wollen.</translation>
        </message>
        <message>
            <source>There is not enough of your speech yet ({seconds} s): read aloud for at least one minute, ideally ten, or correct a transcript and choose “Teach the model” in the Editor.</source>
            <translation>Es gibt noch zu wenig von Ihrer Stimme ({seconds} s): Lesen Sie mindestens eine Minute vor, besser zehn, oder verbessern Sie einen Text und wählen Sie im Editor „Modell anlernen“.</translation>
        </message>
        <message>
            <source>There is nothing to learn from yet: read aloud for at least one minute, ideally ten, or correct a transcript and choose “Teach the model” in the Editor.</source>
            <translation>Es gibt noch nichts, woraus gelernt werden kann: Lesen Sie mindestens eine Minute vor, besser zehn, oder verbessern Sie einen Text und wählen Sie im Editor „Modell anlernen“.</translation>
        </message>
        <message>
            <source>{minutes} min of your speech.</source>
            <translation>{minutes} min von Ihrer Stimme.</translation>
        </message>
        <message>
            <source>Training takes about {least} to {most} min.</source>
            <translation>Das Lernen dauert etwa {least} bis {most} min.</translation>
        </message>
        <message>
            <source>Continue</source>
            <translation>Weitermachen</translation>
        </message>
        <message>
            <source>less than a minute left</source>
            <translation>noch weniger als eine Minute</translation>
        </message>
        <message>
            <source>about {hours} h {minutes} min left</source>
            <translation>noch etwa {hours} h {minutes} min</translation>
        </message>
        <message>
            <source>about {minutes} min left</source>
            <translation>noch etwa {minutes} min</translation>
        </message>
    </context>
    <context>
        <name>VoiceReading</name>
        <message>
            <source>A recording is running on the Live page: stop it first.</source>
            <translation>Auf der Seite Live läuft eine Aufnahme: Beenden Sie sie zuerst.</translation>
        </message>
        <message>
            <source>There are no built-in sentences in {language}. Choose your own text in that language: a letter, an article, a page of a book.</source>
            <translation>Das Programm hat keine Sätze auf {language} zum Vorlesen. Wählen Sie einen eigenen Text in dieser Sprache: einen Brief, einen Artikel, eine Buchseite.</translation>
        </message>
    </context>
    <context>
        <name>VoiceTeaching</name>
        <message>
            <source>Additional packages required</source>
            <translation>Zuerst muss etwas installiert werden</translation>
        </message>
        <message>
            <source>Training needs large packages that are not installed yet. Recording works without them. Run this in a terminal, then restart the program:</source>
            <translation>Zum Lernen braucht es große Pakete, die noch fehlen. Aufnehmen geht ohne sie. Geben Sie dies in einem Terminal ein, und starten Sie das Programm neu:</translation>
        </message>
        <message>
            <source>Copy command</source>
            <translation>Den Befehl kopieren</translation>
        </message>
        <message>
            <source>Use</source>
            <translation>Verwenden</translation>
        </message>
        <message>
            <source>Use the new model for dictation and files from now on; you can go back</source>
            <translation>Diktat und Dateien benutzen von nun an das neue Modell; Sie können zurück</translation>
        </message>
        <message>
            <source>Training has finished: see Teach on the Voice page.</source>
            <translation>Das Training ist fertig: siehe „Lernen lassen“ auf der Seite Stimme.</translation>
        </message>
        <message>
            <source>The new model understands you better</source>
            <translation>Das neue Modell kennt Sie besser</translation>
        </message>
        <message>
            <source>The current model stays in use</source>
            <translation>Das bisherige Modell bleibt</translation>
        </message>
        <message>
            <source>Your own model is in use now.</source>
            <translation>Ihr eigenes Modell ist jetzt in Gebrauch.</translation>
        </message>
        <message>
            <source>Version {number} of your model is in use now.</source>
            <translation>Fassung {number} Ihres Modells ist jetzt in Gebrauch.</translation>
        </message>
    </context>
    <context>
        <name>VoiceTexts</name>
        <message>
            <source>Learn your words</source>
            <translation>Ihre Wörter lernen</translation>
        </message>
        <message>
            <source>Additional packages are required. Run this in a terminal, then restart the program:</source>
            <translation>Zuerst muss etwas installiert werden. Geben Sie dies in ein Terminal ein, und starten Sie neu:</translation>
        </message>
        <message>
            <source>Learn words</source>
            <translation>Lernen</translation>
        </message>
        <message>
            <source>Takes about a minute; some of your texts are set aside to measure the result</source>
            <translation>Dauert etwa eine Minute; ein Teil Ihrer Texte wird zum Messen zurückgelegt</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Stopp</translation>
        </message>
        <message>
            <source>Progress</source>
            <translation>Wie viel getan ist</translation>
        </message>
        <message>
            <source>Use</source>
            <translation>Verwenden</translation>
        </message>
        <message>
            <source>Use your words for dictation and files from now on</source>
            <translation>Diktat und Dateien rechnen von nun an mit Ihren Wörtern</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Rückgängig</translation>
        </message>
        <message>
            <source>Stop using your words for dictation and files; your texts are kept</source>
            <translation>Diktat und Dateien rechnen mit Wörtern wie zuvor; Ihre Texte bleiben hier</translation>
        </message>
        <message>
            <source>Reading…</source>
            <translation>Wird gelesen …</translation>
        </message>
        <message>
            <source>Stopping…</source>
            <translation>Wird angehalten …</translation>
        </message>
        <message>
            <source>In use for dictation and files.</source>
            <translation>In Gebrauch: Diktat und Dateien rechnen mit Ihren Wörtern.</translation>
        </message>
        <message>
            <source>Learning word sequences…</source>
            <translation>Lernt, welche Wörter auf welche folgen …</translation>
        </message>
        <message>
            <source>Combining with the model's language model…</source>
            <translation>Wird mit dem verbunden, was das Modell weiß …</translation>
        </message>
        <message>
            <source>Measuring the result…</source>
            <translation>Wird an dem gemessen, was zurückgelegt wurde …</translation>
        </message>
        <message>
            <source>Saving…</source>
            <translation>Wird geschrieben …</translation>
        </message>
        <message>
            <source>Stopped; nothing was changed.</source>
            <translation>Angehalten; nichts wurde geändert.</translation>
        </message>
        <message>
            <source>Your texts contain nothing that the model does not know already.</source>
            <translation>In Ihren Texten steht nichts, womit es nicht schon rechnet.</translation>
        </message>
    </context>
    <context>
        <name>VoiceTraining</name>
        <message>
            <source>The training could not be started: install the program again.</source>
            <translation>Das Training ließ sich nicht starten: Installieren Sie das Programm neu.</translation>
        </message>
        <message>
            <source>Stopped; training continues from here next time.</source>
            <translation>Angehalten; das nächste Mal geht es hier weiter.</translation>
        </message>
        <message>
            <source>Training stopped before it was finished; start it again to continue.</source>
            <translation>Das Training endete, bevor es fertig war; starten Sie es wieder, es geht dort weiter.</translation>
        </message>
    </context>
    <context>
        <name>VoiceWords</name>
        <message>
            <source>The recording is too short for the sentence: read all of it.</source>
            <translation>Die Aufnahme ist zu kurz für den Satz: Lesen Sie ihn ganz.</translation>
        </message>
        <message>
            <source>Nothing was heard: check that the microphone is on and selected.</source>
            <translation>Es war nichts zu hören: Prüfen Sie, ob das Mikrofon an und ausgewählt ist.</translation>
        </message>
        <message>
            <source>Too loud: turn the microphone down or sit further away.</source>
            <translation>Es ist zu laut: Regeln Sie das Mikrofon herunter, oder setzen Sie sich weiter weg.</translation>
        </message>
        <message>
            <source>Too quiet: sit closer to the microphone or turn it up.</source>
            <translation>Es ist sehr leise: Setzen Sie sich näher ans Mikrofon, oder regeln Sie es hoch.</translation>
        </message>
        <message>
            <source>Too much background noise: close the window or sit closer to the microphone.</source>
            <translation>Es rauscht stark: Schließen Sie das Fenster, oder setzen Sie sich näher ans Mikrofon.</translation>
        </message>
        <message>
            <source>The beginning is cut off: wait a moment before you read.</source>
            <translation>Der Anfang fehlt: Warten Sie einen Augenblick, bevor Sie lesen.</translation>
        </message>
        <message>
            <source>The end is cut off: wait a moment before you stop.</source>
            <translation>Das Ende fehlt: Warten Sie einen Augenblick, bevor Sie aufhören.</translation>
        </message>
        <message>
            <source>That did not match the sentence: read it again exactly as written.</source>
            <translation>Das klang nicht wie der Satz: Lesen Sie ihn noch einmal, wie er dasteht.</translation>
        </message>
        <message>
            <source>Not usable</source>
            <translation>Nicht verwendbar</translation>
        </message>
        <message>
            <source>Fix or delete them.</source>
            <translation>Bringen Sie sie in Ordnung, oder löschen Sie sie.</translation>
        </message>
        <message>
            <source>Cannot be read as audio</source>
            <translation>Lässt sich nicht als Ton lesen</translation>
        </message>
        <message>
            <source>Record them again.</source>
            <translation>Nehmen Sie sie noch einmal auf.</translation>
        </message>
        <message>
            <source>No speech</source>
            <translation>Keine Sprache</translation>
        </message>
        <message>
            <source>Record them again, and check that the microphone is on.</source>
            <translation>Nehmen Sie sie noch einmal auf, und prüfen Sie, ob das Mikrofon an ist.</translation>
        </message>
        <message>
            <source>Too short</source>
            <translation>Zu kurz</translation>
        </message>
        <message>
            <source>Read the whole sentence.</source>
            <translation>Lesen Sie den ganzen Satz.</translation>
        </message>
        <message>
            <source>Too long</source>
            <translation>Zu lang</translation>
        </message>
        <message>
            <source>Read one sentence at a time.</source>
            <translation>Lesen Sie einen Satz auf einmal.</translation>
        </message>
        <message>
            <source>More text than can be spoken in the time</source>
            <translation>Mehr Text, als sich in der Zeit sagen lässt</translation>
        </message>
        <message>
            <source>Check whether the audio is cut off, or the text belongs to another recording.</source>
            <translation>Hören Sie nach, ob der Ton abgeschnitten ist oder der Text zu einer anderen Aufnahme gehört.</translation>
        </message>
        <message>
            <source>Speech and text probably do not match</source>
            <translation>Wahrscheinlich wird etwas anderes gesagt, als geschrieben steht</translation>
        </message>
        <message>
            <source>Listen to them, and delete those that are wrong.</source>
            <translation>Hören Sie sie an, und löschen Sie die falschen.</translation>
        </message>
        <message>
            <source>Duplicate audio</source>
            <translation>Derselbe Ton zweimal</translation>
        </message>
        <message>
            <source>Delete one of them.</source>
            <translation>Löschen Sie einen davon.</translation>
        </message>
        <message>
            <source>One recording with two texts</source>
            <translation>Ein Ton mit zwei Texten</translation>
        </message>
        <message>
            <source>Keep the right one.</source>
            <translation>Behalten Sie den richtigen.</translation>
        </message>
        <message>
            <source>Too loud</source>
            <translation>Zu laut</translation>
        </message>
        <message>
            <source>Turn the microphone down, and read them again.</source>
            <translation>Regeln Sie das Mikrofon herunter, und lesen Sie sie noch einmal.</translation>
        </message>
        <message>
            <source>Very quiet</source>
            <translation>Sehr leise</translation>
        </message>
        <message>
            <source>Sit closer to the microphone, or turn it up.</source>
            <translation>Setzen Sie sich näher ans Mikrofon, oder regeln Sie es hoch.</translation>
        </message>
        <message>
            <source>Too much background noise</source>
            <translation>Viel Geräusch hinter der Stimme</translation>
        </message>
        <message>
            <source>Record in a quieter room, or closer to the microphone.</source>
            <translation>Nehmen Sie in einem ruhigeren Raum auf, oder aus der Nähe.</translation>
        </message>
        <message>
            <source>Too little text for the amount of speech</source>
            <translation>Wenig Text für so viel Sprache</translation>
        </message>
        <message>
            <source>Check whether words are missing.</source>
            <translation>Sehen Sie nach, ob Wörter fehlen.</translation>
        </message>
        <message>
            <source>Characters the model cannot write</source>
            <translation>Zeichen, die das Modell nicht schreiben kann</translation>
        </message>
        <message>
            <source>Write them as they are spoken; otherwise they are ignored.</source>
            <translation>Schreiben Sie sie, wie sie gesprochen werden; sonst werden sie übergangen.</translation>
        </message>
        <message>
            <source>It is not better. Read some more sentences and train it again.</source>
            <translation>Es ist nicht besser. Lesen Sie noch einige Sätze vor, und lernen Sie es noch einmal an.</translation>
        </message>
        <message>
            <source>It predicts your words {percent}% better than before, measured on texts that were set aside.</source>
            <translation>Es rechnet um {percent} % besser mit Ihren Wörtern als zuvor, an einem zurückgelegten Teil Ihrer Texte gemessen.</translation>
        </message>
        <message>
            <source>It predicts the words it already knew as well as before.</source>
            <translation>Mit den Wörtern, die es kannte, rechnet es so gut wie zuvor.</translation>
        </message>
        <message>
            <source>Word error rate on your speech: {after}% (current model: {before}%).</source>
            <translation>Wortfehlerrate bei Ihrer Sprache: {after} % (bisheriges Modell: {before} %).</translation>
        </message>
        <message>
            <source>It has forgotten too much of how others speak. More and different sentences of yours help.</source>
            <translation>Es hat zu viel davon vergessen, wie andere sprechen. Mehr und andere Sätze von Ihnen helfen.</translation>
        </message>
        <message>
            <source>That may be chance. Read some more sentences and train it again.</source>
            <translation>Das kann Zufall sein. Lesen Sie noch einige Sätze vor, und lernen Sie es noch einmal an.</translation>
        </message>
        <message>
            <source>Word error rate on other people's speech: {after}% (current model: {before}%).</source>
            <translation>Wortfehlerrate bei anderen Menschen: {after} % (bisheriges Modell: {before} %).</translation>
        </message>
        <message>
            <source>New words of yours that it knows: {count}.</source>
            <translation>Neue Wörter von Ihnen, die es kennt: {count}.</translation>
        </message>
    </context>
    <context>
        <name>VoicesCard</name>
        <message>
            <source>Remembered voices</source>
            <translation>Gemerkte Stimmen</translation>
        </message>
        <message>
            <source>Delete all</source>
            <translation>Alle löschen</translation>
        </message>
        <message>
            <source>Transcripts name these speakers automatically.</source>
            <translation>Transkripte nennen diese Sprecher automatisch.</translation>
        </message>
        <message>
            <source>None. To have somebody recognised, name them in the Editor and choose “Remember this voice” in the list of speakers.</source>
            <translation>Keine. Damit jemand wiedererkannt wird, benennen Sie ihn im Editor und wählen Sie in der Liste der Sprecher „Diese Stimme merken“.</translation>
        </message>
        <message>
            <source>{time} heard</source>
            <translation>{time} gehört</translation>
        </message>
        <message>
            <source>Forget the voice of {name}</source>
            <translation>Stimme von {name} löschen</translation>
        </message>
    </context>
    <context>
        <name>WatchedFolders</name>
        <message>
            <source>Watched folders</source>
            <translation>Überwachte Ordner</translation>
        </message>
        <message>
            <source>Audio and video files that appear in a watched folder are transcribed automatically.</source>
            <translation>Ton- und Videodateien, die in einen überwachten Ordner kommen, werden von selbst transkribiert.</translation>
        </message>
        <message>
            <source>Watch a folder</source>
            <translation>Ordner überwachen</translation>
        </message>
        <message>
            <source>Stop watching {folder}</source>
            <translation>{folder} nicht mehr überwachen</translation>
        </message>
        <message>
            <source>Folder to watch</source>
            <translation>Ein zu überwachender Ordner</translation>
        </message>
    </context>
    <context>
        <name>WaveformView</name>
        <message>
            <source>Waveform</source>
            <translation>Wellenform</translation>
        </message>
        <message>
            <source>Click to jump; scroll to zoom; drag the handles to move edges</source>
            <translation>Klicken zum Springen; Rad drehen zum Vergrößern; Griffe ziehen, um Grenzen zu verschieben</translation>
        </message>
    </context>
    <context>
        <name>WindowTitle</name>
        <message>
            <source>{percent}%</source>
            <translation>{percent} %</translation>
        </message>
    </context>
    <context>
        <name>WritingCard</name>
        <message>
            <source>Writing</source>
            <translation>Schreibweise</translation>
        </message>
        <message>
            <source>All languages</source>
            <translation>Alle Sprachen</translation>
        </message>
        <message>
            <source>For models of</source>
            <translation>Für Modelle in</translation>
        </message>
        <message>
            <source>Punctuation (English)</source>
            <translation>Satzzeichen (Englisch)</translation>
        </message>
        <message>
            <source>Capitals (English)</source>
            <translation>Großbuchstaben (Englisch)</translation>
        </message>
        <message>
            <source>Figures for numbers, dates, times and money</source>
            <translation>Ziffern für Zahlen, Daten, Uhrzeiten und Geld</translation>
        </message>
        <message>
            <source>Own replacements</source>
            <translation>Eigene Ersetzungen</translation>
        </message>
        <message>
            <source>Per cent sign without a space: “25%”</source>
            <translation>Prozentzeichen ohne Leerzeichen: „25%“</translation>
        </message>
        <message>
            <source>For example
open source=open-source
um=</source>
            <translation>Zum Beispiel
e mail=E-Mail
äh=</translation>
        </message>
        <message>
            <source>spoken=written, one per line; nothing after = leaves the words out</source>
            <translation>gesprochen=geschrieben, eine je Zeile; nichts nach = lässt die Wörter weg</translation>
        </message>
        <message>
            <source>Own replacements, “spoken=written”</source>
            <translation>Eigene Ersetzungen, „gesprochen=geschrieben“</translation>
        </message>
        <message>
            <source>Type words as they are spoken</source>
            <translation>Wörter eingeben, wie sie gesprochen werden</translation>
        </message>
        <message>
            <source>Try it</source>
            <translation>Ausprobieren</translation>
        </message>
        <message>
            <source>As it is written, without punctuation</source>
            <translation>Wie es geschrieben wird, ohne Satzzeichen</translation>
        </message>
    </context>
    <context>
        <name>_ProfileModelBox</name>
        <message>
            <source>Same as elsewhere</source>
            <translation>Wie sonst</translation>
        </message>
    </context>
    <context>
        <name>_Sign</name>
        <message>
            <source>Drop to transcribe</source>
            <translation>Ablegen zum Umsetzen</translation>
        </message>
    </context>
</TS>
