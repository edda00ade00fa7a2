"""Speech to text for other programs, over HTTP and WebSocket. docs/server.md is the reference.

    application       the routes
    transcriptions    POST /v1/audio/transcriptions, as OpenAI's clients send it
    live_socket       live recognition
    realtime_socket   the same in OpenAI's realtime protocol
    wyoming           Home Assistant and other voice assistants
    recognition       the queue in front of the recogniser's process
    guard, bodies     access control and limits for clients
    running           the socket, the loop and the connections

The web framework is imported only when a server is started.
"""
