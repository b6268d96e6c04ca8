// SPDX-License-Identifier: GPL-3.0-or-later
// Fills a fresh Apache Kafka with what a log directory may hold, then writes down what it serves: one line a fact.
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.*;

public class LogSample {
    static final long START = 1700000000000L;
    static String bootstrap;
    static Admin admin;

    static KafkaProducer<byte[], byte[]> producer(String... more) {
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        p.put("linger.ms", "50");
        for (int i = 0; i < more.length; i += 2) {
            p.put(more[i], more[i + 1]);
        }
        KafkaProducer<byte[], byte[]> made = new KafkaProducer<>(p, new ByteArraySerializer(), new ByteArraySerializer());
        return made;
    }

    static KafkaConsumer<byte[], byte[]> consumer(String... more) {
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        p.put("enable.auto.commit", "false");
        p.put("auto.offset.reset", "earliest");
        for (int i = 0; i < more.length; i += 2) {
            p.put(more[i], more[i + 1]);
        }
        return new KafkaConsumer<>(p, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    static ProducerRecord<byte[], byte[]> record(String topic, int partition, long at, String key, String value) {
        return new ProducerRecord<>(topic, partition, at, bytes(key), bytes(value));
    }

    static void create(String name, int partitions, String... configs) throws Exception {
        Map<String, String> map = new HashMap<>();
        map.put("index.interval.bytes", "200");
        map.put("retention.ms", "-1");
        for (int i = 0; i < configs.length; i += 2) {
            map.put(configs[i], configs[i + 1]);
        }
        admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(map))).all().get();
    }

    // Each codec writes into segments of its own: time moves on by an hour, and a segment lasts a minute.
    static void codecs() throws Exception {
        create("codecs", 1, "segment.ms", "60000");
        int at = 0;
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            try (KafkaProducer<byte[], byte[]> p = producer("compression.type", codec)) {
                for (int i = 0; i < 60; ++i, ++at) {
                    String key = i % 5 == 0 ? null : "key-" + i % 7;
                    String value = i % 11 == 0 ? null : i % 13 == 0 ? "" : codec + " value " + at + " " + "abc".repeat(i);
                    ProducerRecord<byte[], byte[]> r = record("codecs", 0, START + at / 20 * 3600_000L + at, key, value);
                    if (i % 3 == 0) {
                        r.headers().add("codec", bytes(codec)).add("null", null).add("", bytes(""));
                    }
                    p.send(r);
                    if (i % 20 == 19) {
                        p.flush();
                    }
                }
            }
        }
    }

    static void transactions() throws Exception {
        create("txn", 2, "segment.ms", "60000");
        KafkaProducer<byte[], byte[]> a = producer("transactional.id", "tx-a", "compression.type", "lz4");
        KafkaProducer<byte[], byte[]> b = producer("transactional.id", "tx-b");
        a.initTransactions();
        b.initTransactions();
        long at = START;
        for (int round = 0; round < 12; ++round, at += 700_000) {
            a.beginTransaction();
            b.beginTransaction();
            for (int i = 0; i < 6; ++i) {
                a.send(record("txn", i % 2, at + i, "a" + i, "round " + round + " of a"));
                b.send(record("txn", i % 2, at + i, "b" + i, "round " + round + " of b"));
                if (i % 2 == 1) {
                    a.flush();
                    b.flush();
                }
            }
            if (round % 3 == 1) {
                a.abortTransaction();
            } else {
                a.sendOffsetsToTransaction(Map.of(new TopicPartition("plain", 1), new OffsetAndMetadata(round)),
                                           new ConsumerGroupMetadata("staged"));
                a.commitTransaction();
            }
            if (round % 4 == 2) {
                b.sendOffsetsToTransaction(Map.of(new TopicPartition("plain", 1), new OffsetAndMetadata(9000 + round)),
                                           new ConsumerGroupMetadata("staged"));
                b.abortTransaction();
            } else {
                b.commitTransaction();
            }
        }
        a.beginTransaction();
        a.send(record("txn", 0, at, "open", "of a transaction that stays open"));
        a.flush();
        try (KafkaProducer<byte[], byte[]> p = producer()) {
            p.send(record("txn", 0, at + 1, "after", "outside of any transaction"));
        }
        b.close();
        // Its end would abort what is to stay open; the process ends without it.
        open = a;
    }
    static KafkaProducer<byte[], byte[]> open;

    static void compaction() throws Exception {
        create("compacted", 1, "cleanup.policy", "compact", "segment.ms", "60000", "min.cleanable.dirty.ratio", "0.01",
               "delete.retention.ms", "86400000000");
        try (KafkaProducer<byte[], byte[]> p = producer("compression.type", "zstd")) {
            for (int i = 0; i < 400; ++i) {
                String value = i % 17 == 0 ? null : "value " + i;
                p.send(record("compacted", 0, START + i / 50 * 3600_000L + i, "key-" + i * 7 % 40, value));
                if (i % 10 == 9) {
                    p.flush();
                }
            }
            p.send(record("compacted", 0, START + 100 * 3600_000L, "last", "in the active segment"));
        }
        TopicPartition where = new TopicPartition("compacted", 0);
        for (int tries = 0; tries < 300; ++tries) {
            long records = read(where, "read_uncommitted").size();
            if (records < 120) {
                return;
            }
            Thread.sleep(200);
        }
        throw new IllegalStateException("nothing was compacted");
    }

    static void groups() throws Exception {
        create("plain", 3);
        try (KafkaProducer<byte[], byte[]> p = producer()) {
            for (int i = 0; i < 900; ++i) {
                p.send(record("plain", i % 3, START + i * 1000L, "k" + i % 50, "plain record number " + i));
                if (i % 30 == 29) {
                    p.flush();
                }
            }
        }
        create("cut", 1);
        try (KafkaProducer<byte[], byte[]> p = producer()) {
            for (int i = 0; i < 30; ++i) {
                p.send(record("cut", 0, START + i, null, "number " + i)).get();
            }
        }
        admin.deleteRecords(Map.of(new TopicPartition("cut", 0), RecordsToDelete.beforeOffset(12))).all().get();
        try (KafkaConsumer<byte[], byte[]> c = consumer("group.id", "readers")) {
            c.assign(List.of(new TopicPartition("plain", 0), new TopicPartition("plain", 2)));
            c.commitSync(Map.of(new TopicPartition("plain", 0), new OffsetAndMetadata(100, "half way"),
                                new TopicPartition("plain", 2), new OffsetAndMetadata(7)));
            c.commitSync(Map.of(new TopicPartition("plain", 0), new OffsetAndMetadata(123, "further")));
        }
        for (String protocol : List.of("classic", "consumer")) {
            try (KafkaConsumer<byte[], byte[]> c = consumer("group.id", "members-" + protocol, "group.protocol", protocol)) {
                c.subscribe(List.of("plain"));
                int read = 0;
                while (read < 600) {
                    read += c.poll(Duration.ofMillis(200)).count();
                }
                c.commitSync();
            }
        }
        admin.deleteConsumerGroupOffsets("readers", Set.of(new TopicPartition("plain", 2))).all().get();
    }

    static List<ConsumerRecord<byte[], byte[]>> read(TopicPartition where, String isolation) {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> c = consumer("isolation.level", isolation)) {
            c.assign(List.of(where));
            c.seekToBeginning(List.of(where));
            long end = c.endOffsets(List.of(where)).get(where);
            while (c.position(where) < end) {
                c.poll(Duration.ofMillis(100)).forEach(all::add);
            }
        }
        return all;
    }

    static void put(DataOutputStream out, byte[] bytes) throws Exception {
        out.writeInt(bytes == null ? -1 : bytes.length);
        if (bytes != null) {
            out.write(bytes);
        }
    }

    static String digest(ConsumerRecord<byte[], byte[]> record) throws Exception {
        ByteArrayOutputStream buffer = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(buffer);
        put(out, record.key());
        put(out, record.value());
        for (Header header : record.headers()) {
            put(out, bytes(header.key()));
            put(out, header.value());
        }
        return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(buffer.toByteArray())).substring(0, 12);
    }

    static void describe(PrintStream out) throws Exception {
        for (String topic : List.of("codecs", "compacted", "cut", "plain", "txn")) {
            int partitions = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().size();
            for (int partition = 0; partition < partitions; ++partition) {
                TopicPartition where = new TopicPartition(topic, partition);
                String name = topic + ' ' + partition + ' ';
                List<ConsumerRecord<byte[], byte[]>> records = read(where, "read_uncommitted");
                for (ConsumerRecord<byte[], byte[]> r : records) {
                    out.println("record " + name + r.offset() + ' ' + r.timestamp() + ' ' + digest(r));
                }
                for (ConsumerRecord<byte[], byte[]> r : read(where, "read_committed")) {
                    out.println("committed " + name + r.offset());
                }
                try (KafkaConsumer<byte[], byte[]> c = consumer("isolation.level", "read_committed");
                     KafkaConsumer<byte[], byte[]> u = consumer()) {
                    out.println("begin " + name + u.beginningOffsets(List.of(where)).get(where));
                    out.println("end " + name + u.endOffsets(List.of(where)).get(where));
                    out.println("stable " + name + c.endOffsets(List.of(where)).get(where));
                    long first = records.get(0).timestamp();
                    long last = records.get(records.size() - 1).timestamp();
                    for (int i = 0; i <= 10; ++i) {
                        long at = first - 5 + (last - first + 10) / 10 * i;
                        OffsetAndTimestamp found = u.offsetsForTimes(Map.of(where, at)).get(where);
                        out.println("time " + name + at + ' ' + (found == null ? -1 : found.offset()));
                    }
                }
                long max = admin.listOffsets(Map.of(where, OffsetSpec.maxTimestamp())).partitionResult(where).get().offset();
                out.println("latest " + name + max);
            }
        }
        for (GroupListing group : new TreeMap<>(admin.listGroups().all().get().stream().collect(
                 java.util.stream.Collectors.toMap(GroupListing::groupId, g -> g))).values()) {
            out.println("group " + group.groupId() + ' ' + group.type().get());
            admin.listConsumerGroupOffsets(group.groupId()).partitionsToOffsetAndMetadata().get().forEach(
                (p, o) -> out.println("offset " + group.groupId() + ' ' + p.topic() + ' ' + p.partition() + ' ' + o.offset()
                                      + ' ' + (o.metadata().isEmpty() ? "-" : o.metadata().replace(' ', '_'))));
        }
        for (TransactionListing each : admin.listTransactions().all().get()) {
            out.println("transaction " + each.transactionalId() + ' ' + each.state());
        }
    }

    public static void main(String[] args) throws Exception {
        bootstrap = args[0];
        admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
        groups();
        codecs();
        transactions();
        compaction();
        try (PrintStream out = new PrintStream(args[1], StandardCharsets.UTF_8)) {
            describe(out);
        }
        Runtime.getRuntime().halt(0);
    }
}
