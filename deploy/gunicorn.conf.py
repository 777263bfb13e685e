"""gunicorn in place of our server, as the nginx configuration beside this file wants it.

gunicorn --config gunicorn.conf.py --bind 127.0.0.1:8001 server:application     in final/
"""

worker_class = "gthread"
workers = 1  # processes behind this one address
threads = 8
keepalive = 15  # seconds; longer than nginx keeps an idle connection (10): nginx closes first
graceful_timeout = 8  # seconds for what is in flight
timeout = 60  # seconds without a sign of life from a process; nginx waits as long
