"""Speech to text for other programs, over HTTP and WebSocket. docs/server.md is the reference.

    application       which address does what
    transcriptions    POST /v1/audio/transcriptions, as OpenAI's clients send it
    live_socket       recognition while somebody speaks
    recognition       the queue in front of the recogniser's process
    guard, bodies, connection    what a client may not do
    running           the socket and the loop

Nothing of the web framework is imported before a server is started.
"""
