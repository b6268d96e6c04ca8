// SPDX-License-Identifier: GPL-3.0-or-later
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * make BOOTSTRAP TOPIC GROUP: 3 partitions with 1,000 records of every shape, and a group that has read them.
 * same BOOTSTRAP TOPIC BOOTSTRAP COPY GROUP: waits until the copy has the same records, settings and group offsets.
 * once BOOTSTRAP TOPIC LINES: the committed records are "line 0" to "line LINES - 1", each once, in order.
 */
public class Copies {
    static final int PARTITIONS = 3;

    public static void main(String[] args) throws Exception {
        String wrong = switch (args[0]) {
            case "make" -> make(args[1], args[2], args[3]);
            case "once" -> once(args[1], args[2], Integer.parseInt(args[3]));
            default -> waitForSame(args);
        };
        if (!wrong.isEmpty()) {
            System.out.println(wrong);
        }
        System.exit(wrong.isEmpty() ? 0 : 1);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Map<String, Object> config(String bootstrap, String... more) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrap);
        config.put("key.serializer", ByteArraySerializer.class);
        config.put("value.serializer", ByteArraySerializer.class);
        config.put("key.deserializer", ByteArrayDeserializer.class);
        config.put("value.deserializer", ByteArrayDeserializer.class);
        for (int i = 0; i < more.length; i += 2) {
            config.put(more[i], more[i + 1]);
        }
        return config;
    }

    static String make(String bootstrap, String topic, String group) throws Exception {
        try (Admin admin = Admin.create(config(bootstrap))) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)
                .configs(Map.of("retention.ms", "123456789", "max.message.bytes", "2000000")))).all().get();
        }
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(config(bootstrap, "compression.type", codec))) {
                for (int i = 0; i < 200; i++) {
                    byte[] key = i % 11 == 0 ? null : bytes(codec + i);
                    byte[] value = i % 13 == 0 ? null : i % 17 == 0 ? new byte[0] : bytes("value ".repeat(i) + i);
                    ProducerRecord<byte[], byte[]> record =
                        new ProducerRecord<>(topic, i % PARTITIONS, System.currentTimeMillis() - i, key, value);
                    if (i % 5 == 0) {
                        record.headers().add("a", bytes("1")).add("a", null).add("b", new byte[0]);
                    }
                    producer.send(record);
                }
            }
        }
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config(bootstrap, "group.id", group, "enable.auto.commit", "false"))) {
            // The end: offsets further back are translated to one before them, as MirrorMaker knows only some pairs.
            Map<TopicPartition, OffsetAndMetadata> read = new HashMap<>();
            consumer.endOffsets(places(topic)).forEach((place, end) -> read.put(place, new OffsetAndMetadata(end)));
            consumer.commitSync(read);
        }
        return "";
    }

    static List<TopicPartition> places(String topic) {
        List<TopicPartition> all = new ArrayList<>();
        for (int p = 0; p < PARTITIONS; p++) {
            all.add(new TopicPartition(topic, p));
        }
        return all;
    }

    static List<ConsumerRecord<byte[], byte[]>> read(String bootstrap, String topic, int partition) {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        TopicPartition place = new TopicPartition(topic, partition);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config(bootstrap, "isolation.level", "read_committed"))) {
            consumer.assign(List.of(place));
            consumer.seekToBeginning(List.of(place));
            long end = consumer.endOffsets(List.of(place)).get(place);
            while (consumer.position(place) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(all::add);
            }
        }
        return all;
    }

    static String waitForSame(String[] args) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(120).toNanos();
        String wrong = "";
        while (System.nanoTime() < end) {
            try {
                wrong = difference(args[1], args[2], args[3], args[4], args[5]);
            } catch (Exception notYet) {
                wrong = notYet.toString();
            }
            if (wrong.isEmpty()) {
                return "";
            }
            Thread.sleep(500);
        }
        return wrong;
    }

    static String difference(String bootstrap, String topic, String other, String copy, String group) throws Exception {
        try (Admin from = Admin.create(config(bootstrap)); Admin to = Admin.create(config(other))) {
            if (!to.listTopics().names().get().contains(copy)) {
                return copy + " is not there yet";
            }
            for (String name : List.of("retention.ms", "max.message.bytes")) {
                String here = setting(from, topic, name);
                String there = setting(to, copy, name);
                if (!here.equals(there)) {
                    return name + ": " + there + " instead of " + here;
                }
            }
            for (int p = 0; p < PARTITIONS; p++) {
                String wrong = unlike(read(bootstrap, topic, p), read(other, copy, p));
                if (!wrong.isEmpty()) {
                    return "partition " + p + ": " + wrong;
                }
            }
            Map<TopicPartition, OffsetAndMetadata> committed =
                from.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
            Map<TopicPartition, OffsetAndMetadata> offsets =
                to.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
            for (int p = 0; p < PARTITIONS; p++) {
                OffsetAndMetadata offset = offsets.get(new TopicPartition(copy, p));
                if (offset == null || offset.offset() != committed.get(new TopicPartition(topic, p)).offset()) {
                    return "the group's offsets: " + new TreeMap<>(offsets.entrySet().stream()
                        .collect(java.util.stream.Collectors.toMap(e -> e.getKey().toString(), e -> e.getValue().offset())));
                }
            }
        }
        return "";
    }

    static String setting(Admin admin, String topic, String name) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return admin.describeConfigs(List.of(resource)).all().get().get(resource).get(name).value();
    }

    static String unlike(List<ConsumerRecord<byte[], byte[]>> here, List<ConsumerRecord<byte[], byte[]>> there) {
        if (here.size() != there.size()) {
            return there.size() + " of " + here.size() + " records";
        }
        for (int i = 0; i < here.size(); i++) {
            ConsumerRecord<byte[], byte[]> a = here.get(i);
            ConsumerRecord<byte[], byte[]> b = there.get(i);
            if (!Arrays.equals(a.key(), b.key()) || !Arrays.equals(a.value(), b.value()) || a.timestamp() != b.timestamp()) {
                return "record " + i + " differs";
            }
            Header[] ours = a.headers().toArray();
            Header[] theirs = b.headers().toArray();
            for (int h = 0; h < Math.max(ours.length, theirs.length); h++) {
                if (ours.length != theirs.length || !ours[h].key().equals(theirs[h].key())
                    || !Arrays.equals(ours[h].value(), theirs[h].value())) {
                    return "headers of record " + i + " differ";
                }
            }
        }
        return "";
    }

    static String once(String bootstrap, String topic, int lines) {
        List<ConsumerRecord<byte[], byte[]>> records = read(bootstrap, topic, 0);
        for (int i = 0; i < Math.max(lines, records.size()); i++) {
            String have = i < records.size() ? new String(records.get(i).value(), StandardCharsets.UTF_8) : "nothing";
            if (!have.equals("line " + i)) {
                return "record " + i + " is " + have + ", of " + records.size();
            }
        }
        return "";
    }
}
