"""What a server under an open link needs: limits on requests, health, metrics, and how busy the processors are.

May use `shell`. Begin with `routes` (the addresses for whoever runs the server) and `request_limits`.
"""
