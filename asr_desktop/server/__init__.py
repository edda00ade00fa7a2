"""Speech to text for other programs, over HTTP and WebSocket. docs/server.md is the reference.

    application       the routes
    transcriptions    POST /v1/audio/transcriptions, as OpenAI's clients send it
    live_socket       live recognition
    recognition       the queue in front of the recogniser's process
    guard, bodies, connection    access control and limits for clients
    running           the socket and the loop

The web framework is imported only when a server is started.
"""
