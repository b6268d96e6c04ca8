// SPDX-License-Identifier: GPL-3.0-or-later
import java.util.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.*;
import org.apache.kafka.common.protocol.*;
import org.apache.kafka.common.quota.*;
import org.apache.kafka.common.record.*;

/**
 * The four quotas as a client meets them (KIP-13, KIP-124, KIP-219, KIP-599): what an answer says to wait, that the
 * answer itself comes at once, and that the next request is not taken before that time is over. The limits of the
 * checks hold for Apache Kafka 4.2.1 too; what it says stands in the line that each check prints.
 */
public class QuotaScenarios {
    static final String TOPIC = "quota-topic-" + Long.toHexString(System.nanoTime());
    static final int LARGE_MS = 300;
    static int failed = 0;

    static void check(String name, boolean fine, String what) {
        System.out.println((fine ? "PASS " : "FAIL ") + name + ": " + what);
        failed += fine ? 0 : 1;
    }

    static void limit(Admin admin, String client, String key, double value) throws Exception {
        admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, client)),
                List.of(new ClientQuotaAlteration.Op(key, value))))).all().get();
    }

    static MemoryRecords records(int bytes) {
        byte[] value = new byte[bytes];
        new Random(bytes).nextBytes(value);
        return MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(value));
    }

    static ProduceRequestData produce(int bytes) {
        return new ProduceRequestData().setAcks((short) 1).setTimeoutMs(1000).setTopicData(
                new ProduceRequestData.TopicProduceDataCollection(List.of(new ProduceRequestData.TopicProduceData().setName(TOPIC)
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData().setRecords(records(bytes))))).iterator()));
    }

    static FetchRequestData fetch(int bytes) {
        return new FetchRequestData().setMaxBytes(bytes).setMinBytes(1).setMaxWaitMs(100).setSessionEpoch(-1).setTopics(List.of(
                new FetchRequestData.FetchTopic().setTopic(TOPIC).setPartitions(List.of(new FetchRequestData.FetchPartition().setPartitionMaxBytes(bytes)))));
    }

    static int size(FetchResponseData response) {
        return response.responses().isEmpty() ? 0 : response.responses().get(0).partitions().get(0).records().sizeInBytes();
    }

    /** How long the next request on this connection takes, in milliseconds. */
    static long next(Wire wire) throws Exception {
        long begin = System.nanoTime();
        wire.call(ApiKeys.API_VERSIONS, 3, new ApiVersionsRequestData().setClientSoftwareName("quota").setClientSoftwareVersion("1"));
        return (System.nanoTime() - begin) / 1_000_000;
    }

    static boolean isAbout(long waited, int told) {
        return waited >= told * 0.8 - 50 && waited <= told * 1.2 + 700;
    }

    static void produceQuota(String bootstrap) throws Exception {
        try (Wire wire = new Wire(bootstrap, "q-produce")) {
            int first = ((ProduceResponseData) wire.call(ApiKeys.PRODUCE, 9, produce(90_000))).throttleTimeMs();
            int second = ((ProduceResponseData) wire.call(ApiKeys.PRODUCE, 9, produce(90_000))).throttleTimeMs();
            long begin = System.nanoTime();
            int third = ((ProduceResponseData) wire.call(ApiKeys.PRODUCE, 9, produce(45_000))).throttleTimeMs();
            long answered = (System.nanoTime() - begin) / 1_000_000;
            long waited = next(wire);
            // 225,000 bytes in ten seconds where 20,000 a second are allowed: an eighth too much, a little more than a second.
            check("quota-produce", first == 0 && second == 0 && third >= 500 && third <= 1500, "told to wait " + first + ", " + second + ", " + third + " ms");
            check("quota-produce-muted", answered < LARGE_MS && isAbout(waited, third), "the answer took " + answered + " ms, the next request " + waited + " ms");
        }
    }

    static void fetchQuota(String bootstrap) throws Exception {
        try (Wire wire = new Wire(bootstrap, "q-fetch-window")) {
            var all = (FetchResponseData) wire.call(ApiKeys.FETCH, 12, fetch(10_000_000));
            // At most what ten seconds allow; Apache Kafka counts what stands around the records and so may send none.
            check("quota-fetch-window", size(all) <= 100_000 && (size(all) > 0 || all.throttleTimeMs() > 0),
                    size(all) + " bytes where 10,000 a second are allowed, told to wait " + all.throttleTimeMs() + " ms");
        }
        try (Wire wire = new Wire(bootstrap, "q-fetch")) {
            var first = (FetchResponseData) wire.call(ApiKeys.FETCH, 12, fetch(95_000));
            var second = (FetchResponseData) wire.call(ApiKeys.FETCH, 12, fetch(95_000));
            long begin = System.nanoTime();
            var third = (FetchResponseData) wire.call(ApiKeys.FETCH, 12, fetch(50_000));
            long answered = (System.nanoTime() - begin) / 1_000_000;
            long waited = next(wire);
            check("quota-fetch", first.throttleTimeMs() == 0 && size(first) > 0 && second.throttleTimeMs() == 0 && size(second) > 0
                    && third.throttleTimeMs() > 300 && third.throttleTimeMs() < 6000 && size(third) == 0,
                    size(first) + ", " + size(second) + ", " + size(third) + " bytes, told to wait " + third.throttleTimeMs() + " ms");
            check("quota-fetch-muted", answered < LARGE_MS && isAbout(waited, third.throttleTimeMs()), "the answer took " + answered + " ms, the next request " + waited + " ms");
            var again = (FetchResponseData) wire.call(ApiKeys.FETCH, 12, fetch(5_000));
            check("quota-fetch-goes-on", again.throttleTimeMs() > 0 || size(again) > 0, size(again) + " bytes, told to wait " + again.throttleTimeMs() + " ms");
        }
    }

    static void requestQuota(String bootstrap) throws Exception {
        try (Wire wire = new Wire(bootstrap, "q-request")) {
            int told = 0, asked = 0;
            for (; told == 0 && asked < 200_000; ++asked) {
                told = ((MetadataResponseData) wire.call(ApiKeys.METADATA, 12, new MetadataRequestData().setTopics(null))).throttleTimeMs();
            }
            long waited = next(wire);
            check("quota-request", told > 0 && told <= 1000, "told to wait " + told + " ms after " + asked + " requests");
            check("quota-request-muted", isAbout(waited, told), "the next request took " + waited + " ms");
        }
    }

    static CreateTopicsRequestData create(String name, int partitions) {
        return new CreateTopicsRequestData().setTimeoutMs(10_000).setTopics(new CreateTopicsRequestData.CreatableTopicCollection(List.of(
                new CreateTopicsRequestData.CreatableTopic().setName(TOPIC + name).setNumPartitions(partitions).setReplicationFactor((short) 1)).iterator()));
    }

    static void mutationQuota(String bootstrap) throws Exception {
        try (Wire wire = new Wire(bootstrap, "q-mutation")) {
            var first = (CreateTopicsResponseData) wire.call(ApiKeys.CREATE_TOPICS, 7, create("-a", 23));
            var second = (CreateTopicsResponseData) wire.call(ApiKeys.CREATE_TOPICS, 7, create("-b", 1));
            long waited = next(wire);
            int refused = second.topics().iterator().next().errorCode();
            check("quota-mutation", first.topics().iterator().next().errorCode() == 0 && first.throttleTimeMs() == 0 && refused == 89
                    && second.throttleTimeMs() > 0 && second.throttleTimeMs() <= 1000, "code " + refused + ", told to wait " + second.throttleTimeMs() + " ms");
            check("quota-mutation-muted", isAbout(waited, second.throttleTimeMs()), "the next request took " + waited + " ms");
            var third = (CreateTopicsResponseData) wire.call(ApiKeys.CREATE_TOPICS, 7, create("-c", 3));
            var old = (CreateTopicsResponseData) wire.call(ApiKeys.CREATE_TOPICS, 5, create("-d", 1));
            check("quota-mutation-old", old.topics().iterator().next().errorCode() == 0 && old.throttleTimeMs() > 0,
                    "code " + old.topics().iterator().next().errorCode() + ", told to wait " + old.throttleTimeMs() + " ms, after code " + third.topics().iterator().next().errorCode());
        }
    }

    /** The client itself: it is told, it waits, and everything arrives. */
    static void realProducer(String bootstrap) throws Exception {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrap);
        config.put("client.id", "q-real");
        config.put("batch.size", 20_000);
        config.put("key.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
        config.put("value.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
        int sent = 0;
        try (var producer = new KafkaProducer<byte[], byte[]>(config)) {
            for (int i = 0; i < 26; ++i) {
                producer.send(new ProducerRecord<>(TOPIC, 0, null, new byte[9_000])).get();
                ++sent;
            }
            double longest = producer.metrics().entrySet().stream().filter(m -> m.getKey().name().equals("produce-throttle-time-max"))
                    .mapToDouble(m -> (Double) m.getValue().metricValue()).max().orElse(0);
            check("quota-real-producer", sent == 26 && longest > 0, sent + " records, waited up to " + longest + " ms");
        }
    }

    public static void main(String[] args) throws Exception {
        if (!args[0].equals("main")) return;
        String bootstrap = args[args.length - 1];
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
            limit(admin, "q-produce", "producer_byte_rate", 20_000);
            limit(admin, "q-fetch", "consumer_byte_rate", 20_000);
            limit(admin, "q-fetch-window", "consumer_byte_rate", 10_000);
            limit(admin, "q-request", "request_percentage", 0.02);
            limit(admin, "q-mutation", "controller_mutation_rate", 2);
            limit(admin, "q-real", "producer_byte_rate", 20_000);
            try (Wire filler = new Wire(bootstrap, "filler")) {
                for (int i = 0; i < 60; ++i) filler.call(ApiKeys.PRODUCE, 9, produce(4_000));
            }
            produceQuota(bootstrap);
            fetchQuota(bootstrap);
            requestQuota(bootstrap);
            mutationQuota(bootstrap);
            realProducer(bootstrap);
            admin.deleteTopics(admin.listTopics().names().get().stream().filter(name -> name.startsWith(TOPIC)).toList()).all().get();
        }
        System.exit(failed == 0 ? 0 : 1);
    }
}
