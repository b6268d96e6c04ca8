# SPDX-License-Identifier: GPL-3.0-or-later
"""One member of a group on librdkafka of today: BOOTSTRAP GROUP TOPIC DELAY_MS. Ends on SIGTERM."""
import signal
import sys
import time

from confluent_kafka import Consumer

bootstrap, group, topic, delay = sys.argv[1:5]
ending = []
signal.signal(signal.SIGTERM, lambda *_: ending.append(True))
consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": group, "client.id": "confluent-member",
                     "auto.offset.reset": "earliest"})
consumer.subscribe([topic])
while not ending:
    consumer.poll(0.2)
    time.sleep(int(delay) / 1000)
consumer.close()
