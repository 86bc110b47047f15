"""What Flower has to know to see digitize's queue: where the broker is, and what stands before its keys.

Flower's image finds this module in /data; docker-compose.yml puts it there.
"""

import os

broker_url = os.environ["DIGITIZE_BROKER_URL"]
broker_transport_options = {"global_keyprefix": os.environ.get("DIGITIZE_KEY_PREFIX", "digitize:")}
task_default_queue = os.environ.get("DIGITIZE_QUEUE", "digitize")
accept_content = ["json"]
