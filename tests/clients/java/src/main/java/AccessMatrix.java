// SPDX-License-Identifier: GPL-3.0-or-later
import java.util.*;
import java.util.regex.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.*;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.*;
import org.apache.kafka.common.protocol.*;
import org.apache.kafka.common.record.*;
import org.apache.kafka.common.requests.*;
import org.apache.kafka.common.resource.*;
import static org.apache.kafka.common.acl.AclOperation.*;
import static org.apache.kafka.common.resource.ResourceType.*;

/**
 * Every API that the broker advertises, asked by somebody without rights and again with exactly the rights that Apache
 * Kafka wants for it. Refusals must carry the API's own code, lists must leave out what may not be seen, and no answer
 * may tell a name that was not asked for. An advertised API without a row fails. The same program runs against Apache
 * Kafka with its StandardAuthorizer, PLAIN users admin (a super user) and alice, password "pw".
 */
public class AccessMatrix {
    static final String TOPIC_NAME = "secret-topic", GROUP_NAME = "secret-group", TXN_NAME = "secret-txn";
    static final Set<Integer> REFUSALS = Set.of(29, 30, 31, 53, 65);

    record Right(ResourceType type, String name, AclOperation operation) {}
    /** refusal: the code without rights; 0: lists are filtered; -1: open to everybody. */
    record Row(ApiKeys key, int version, ApiMessage request, int refusal, List<Right> rights) {}

    static final List<Row> ROWS = new ArrayList<>();

    static Right topic(AclOperation op) { return new Right(TOPIC, TOPIC_NAME, op); }
    static Right group(AclOperation op) { return new Right(GROUP, GROUP_NAME, op); }
    static Right txn(AclOperation op) { return new Right(TRANSACTIONAL_ID, TXN_NAME, op); }
    static Right cluster(AclOperation op) { return new Right(CLUSTER, "kafka-cluster", op); }
    static void row(ApiMessage request, int refusal, Right... rights) { row(-1, request, refusal, rights); }
    static void row(int version, ApiMessage request, int refusal, Right... rights) {
        ROWS.add(new Row(ApiKeys.forId(request.apiKey()), version, request, refusal, List.of(rights)));
    }

    static void records() {
        var records = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord("v".getBytes()));
        row(11, new ProduceRequestData().setAcks((short) 1).setTimeoutMs(1000).setTopicData(
                new ProduceRequestData.TopicProduceDataCollection(List.of(new ProduceRequestData.TopicProduceData().setName(TOPIC_NAME)
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData().setRecords(records)))).iterator())),
                29, topic(WRITE));
        row(12, new FetchRequestData().setMaxBytes(1000).setSessionEpoch(-1).setTopics(List.of(new FetchRequestData.FetchTopic().setTopic(TOPIC_NAME)
                .setPartitions(List.of(new FetchRequestData.FetchPartition().setPartitionMaxBytes(1000))))), 29, topic(READ));
        row(new ListOffsetsRequestData().setReplicaId(-1).setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic().setName(TOPIC_NAME)
                .setPartitions(List.of(new ListOffsetsRequestData.ListOffsetsPartition().setTimestamp(-1))))), 29, topic(DESCRIBE));
        row(new DeleteRecordsRequestData().setTimeoutMs(1000).setTopics(List.of(new DeleteRecordsRequestData.DeleteRecordsTopic().setName(TOPIC_NAME)
                .setPartitions(List.of(new DeleteRecordsRequestData.DeleteRecordsPartition().setOffset(0))))), 29, topic(DELETE));
        row(new OffsetForLeaderEpochRequestData().setReplicaId(-1).setTopics(new OffsetForLeaderEpochRequestData.OffsetForLeaderTopicCollection(
                List.of(new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic().setTopic(TOPIC_NAME)
                        .setPartitions(List.of(new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition()))).iterator())), 29, topic(DESCRIBE));
        row(new DescribeProducersRequestData().setTopics(List.of(new DescribeProducersRequestData.TopicRequest().setName(TOPIC_NAME)
                .setPartitionIndexes(List.of(0)))), 29, topic(READ));
    }

    static void topics() {
        row(new MetadataRequestData().setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName(TOPIC_NAME)))
                .setAllowAutoTopicCreation(false), 29, topic(DESCRIBE));
        row(new MetadataRequestData().setTopics(null), 0, topic(DESCRIBE));
        row(new DescribeTopicPartitionsRequestData().setTopics(List.of(new DescribeTopicPartitionsRequestData.TopicRequest().setName(TOPIC_NAME))),
                29, topic(DESCRIBE));
        row(new CreateTopicsRequestData().setTimeoutMs(1000).setValidateOnly(true).setTopics(new CreateTopicsRequestData.CreatableTopicCollection(List.of(
                new CreateTopicsRequestData.CreatableTopic().setName("secret-new").setNumPartitions(1).setReplicationFactor((short) 1)).iterator())),
                29, new Right(TOPIC, "secret-new", CREATE));
        row(5, new DeleteTopicsRequestData().setTimeoutMs(1000).setTopicNames(List.of("secret-none")), 29, new Right(TOPIC, "secret-none", DELETE));
        row(new CreatePartitionsRequestData().setTimeoutMs(1000).setValidateOnly(true).setTopics(new CreatePartitionsRequestData.CreatePartitionsTopicCollection(List.of(
                new CreatePartitionsRequestData.CreatePartitionsTopic().setName(TOPIC_NAME).setCount(3).setAssignments(null)).iterator())), 29, topic(ALTER));
        row(new DescribeConfigsRequestData().setResources(List.of(new DescribeConfigsRequestData.DescribeConfigsResource()
                .setResourceType((byte) 2).setResourceName(TOPIC_NAME).setConfigurationKeys(null))), 29, topic(DESCRIBE_CONFIGS));
        row(new AlterConfigsRequestData().setValidateOnly(true).setResources(new AlterConfigsRequestData.AlterConfigsResourceCollection(List.of(
                new AlterConfigsRequestData.AlterConfigsResource().setResourceType((byte) 2).setResourceName(TOPIC_NAME)).iterator())), 29, topic(ALTER_CONFIGS));
        row(new IncrementalAlterConfigsRequestData().setValidateOnly(true).setResources(new IncrementalAlterConfigsRequestData.AlterConfigsResourceCollection(List.of(
                new IncrementalAlterConfigsRequestData.AlterConfigsResource().setResourceType((byte) 2).setResourceName(TOPIC_NAME)).iterator())), 29, topic(ALTER_CONFIGS));
    }

    static void groups() {
        row(9, new OffsetCommitRequestData().setGroupId(GROUP_NAME).setTopics(List.of(new OffsetCommitRequestData.OffsetCommitRequestTopic().setName(TOPIC_NAME)
                .setPartitions(List.of(new OffsetCommitRequestData.OffsetCommitRequestPartition().setCommittedOffset(0))))), 30, group(READ), topic(READ));
        row(9, new OffsetFetchRequestData().setGroups(List.of(new OffsetFetchRequestData.OffsetFetchRequestGroup().setGroupId(GROUP_NAME).setTopics(null))),
                30, group(DESCRIBE), topic(DESCRIBE));
        row(new FindCoordinatorRequestData().setKeyType((byte) 0).setCoordinatorKeys(List.of(GROUP_NAME)), 30, group(DESCRIBE));
        row(new FindCoordinatorRequestData().setKeyType((byte) 1).setCoordinatorKeys(List.of(TXN_NAME)), 53, txn(DESCRIBE));
        row(new JoinGroupRequestData().setGroupId(GROUP_NAME).setSessionTimeoutMs(10000).setRebalanceTimeoutMs(1000).setProtocolType("consumer")
                .setProtocols(new JoinGroupRequestData.JoinGroupRequestProtocolCollection(List.of(new JoinGroupRequestData.JoinGroupRequestProtocol()
                        .setName("range").setMetadata(new byte[0])).iterator())), 30, group(READ));
        row(new HeartbeatRequestData().setGroupId(GROUP_NAME).setMemberId("m"), 30, group(READ));
        row(new LeaveGroupRequestData().setGroupId(GROUP_NAME).setMembers(List.of(new LeaveGroupRequestData.MemberIdentity().setMemberId("m"))), 30, group(READ));
        row(new SyncGroupRequestData().setGroupId(GROUP_NAME).setMemberId("m").setProtocolType("consumer").setProtocolName("range"), 30, group(READ));
        row(new DescribeGroupsRequestData().setGroups(List.of(GROUP_NAME)), 30, group(DESCRIBE));
        row(new ListGroupsRequestData(), 0, group(DESCRIBE));
        row(new DeleteGroupsRequestData().setGroupsNames(List.of("secret-none")), 30, new Right(GROUP, "secret-none", DELETE));
        row(new OffsetDeleteRequestData().setGroupId(GROUP_NAME).setTopics(new OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection(List.of(
                new OffsetDeleteRequestData.OffsetDeleteRequestTopic().setName(TOPIC_NAME).setPartitions(List.of(
                        new OffsetDeleteRequestData.OffsetDeleteRequestPartition().setPartitionIndex(1)))).iterator())), 30, group(DELETE), topic(READ));
        row(new ConsumerGroupHeartbeatRequestData().setGroupId("secret-new").setMemberId("bWVtYmVyLW9mLWdyb3Vw").setMemberEpoch(-1), 30, new Right(GROUP, "secret-new", READ));
        row(new ConsumerGroupDescribeRequestData().setGroupIds(List.of(GROUP_NAME)), 30, group(DESCRIBE));
        row(new ShareGroupHeartbeatRequestData().setGroupId("secret-new").setMemberId("bWVtYmVyLW9mLWdyb3Vw").setMemberEpoch(-1), 30, new Right(GROUP, "secret-new", READ));
        row(new ShareGroupDescribeRequestData().setGroupIds(List.of(GROUP_NAME)), 30, group(DESCRIBE));
        row(new ShareFetchRequestData().setGroupId(GROUP_NAME).setMemberId("bWVtYmVyLW9mLWdyb3Vw").setShareSessionEpoch(3), 30, group(READ));
        row(new ShareAcknowledgeRequestData().setGroupId(GROUP_NAME).setMemberId("bWVtYmVyLW9mLWdyb3Vw").setShareSessionEpoch(3), 30, group(READ));
        row(new StreamsGroupHeartbeatRequestData().setGroupId("secret-new").setMemberId("bWVtYmVyLW9mLWdyb3Vw").setMemberEpoch(-1), 30, new Right(GROUP, "secret-new", READ));
        row(new StreamsGroupDescribeRequestData().setGroupIds(List.of(GROUP_NAME)), 30, group(DESCRIBE));
        row(new DescribeShareGroupOffsetsRequestData().setGroups(List.of(new DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestGroup()
                .setGroupId(GROUP_NAME).setTopics(null))), 30, group(DESCRIBE));
        row(new AlterShareGroupOffsetsRequestData().setGroupId(GROUP_NAME), 30, group(READ));
        row(new DeleteShareGroupOffsetsRequestData().setGroupId(GROUP_NAME), 30, group(DELETE));
    }

    static void transactions() {
        row(new InitProducerIdRequestData().setTransactionalId(TXN_NAME).setTransactionTimeoutMs(1000).setProducerId(-1).setProducerEpoch((short) -1), 53, txn(WRITE));
        row(3, new AddPartitionsToTxnRequestData().setV3AndBelowTransactionalId(TXN_NAME).setV3AndBelowProducerId(1).setV3AndBelowTopics(
                new AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection(List.of(new AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic()
                        .setName(TOPIC_NAME).setPartitions(List.of(0))).iterator())), 53, txn(WRITE), topic(WRITE));
        row(3, new AddOffsetsToTxnRequestData().setTransactionalId(TXN_NAME).setGroupId(GROUP_NAME), 53, txn(WRITE), group(READ));
        row(3, new EndTxnRequestData().setTransactionalId(TXN_NAME), 53, txn(WRITE));
        row(new WriteTxnMarkersRequestData().setMarkers(List.of(new WriteTxnMarkersRequestData.WritableTxnMarker().setProducerId(1).setTopics(List.of(
                new WriteTxnMarkersRequestData.WritableTxnMarkerTopic().setName("secret-none").setPartitionIndexes(List.of(0)))))), 31, cluster(ALTER));
        row(3, new TxnOffsetCommitRequestData().setTransactionalId(TXN_NAME).setGroupId(GROUP_NAME).setTopics(List.of(new TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic()
                .setName(TOPIC_NAME).setPartitions(List.of(new TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition())))), 53, txn(WRITE), group(READ), topic(READ));
        row(new DescribeTransactionsRequestData().setTransactionalIds(List.of(TXN_NAME)), 53, txn(DESCRIBE));
        row(new ListTransactionsRequestData(), 0, txn(DESCRIBE));
    }

    static void cluster() {
        row(new DescribeAclsRequestData().setResourceTypeFilter((byte) 1).setPatternTypeFilter((byte) 1).setOperation((byte) 1).setPermissionType((byte) 1), 31, cluster(DESCRIBE));
        row(new CreateAclsRequestData().setCreations(List.of(new CreateAclsRequestData.AclCreation().setResourceType((byte) 2).setResourceName("other")
                .setPrincipal("User:bob").setHost("*").setOperation((byte) 3).setPermissionType((byte) 3))), 31, cluster(ALTER));
        row(new DeleteAclsRequestData().setFilters(List.of(new DeleteAclsRequestData.DeleteAclsFilter().setResourceTypeFilter((byte) 2).setResourceNameFilter("other")
                .setPatternTypeFilter((byte) 3).setOperation((byte) 1).setPermissionType((byte) 1))), 31, cluster(ALTER));
        row(new AlterReplicaLogDirsRequestData().setDirs(new AlterReplicaLogDirsRequestData.AlterReplicaLogDirCollection(List.of(
                new AlterReplicaLogDirsRequestData.AlterReplicaLogDir().setPath("/nowhere").setTopics(new AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopicCollection(List.of(
                        new AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic().setName(TOPIC_NAME).setPartitions(List.of(0))).iterator()))).iterator())), 31, cluster(ALTER));
        row(new DescribeLogDirsRequestData().setTopics(null), 31, cluster(DESCRIBE));
        row(new ElectLeadersRequestData().setTimeoutMs(1000).setTopicPartitions(new ElectLeadersRequestData.TopicPartitionsCollection(List.of(
                new ElectLeadersRequestData.TopicPartitions().setTopic(TOPIC_NAME).setPartitions(List.of(0))).iterator())), 31, cluster(ALTER));
        row(new AlterPartitionReassignmentsRequestData().setTimeoutMs(1000).setTopics(List.of(new AlterPartitionReassignmentsRequestData.ReassignableTopic()
                .setName("secret-none").setPartitions(List.of(new AlterPartitionReassignmentsRequestData.ReassignablePartition().setReplicas(null))))), 31, cluster(ALTER));
        row(new ListPartitionReassignmentsRequestData().setTopics(null), 31, cluster(DESCRIBE));
        row(new DescribeClientQuotasRequestData(), 31, cluster(DESCRIBE_CONFIGS));
        row(new AlterClientQuotasRequestData().setValidateOnly(true), -1);
        row(new AlterClientQuotasRequestData().setValidateOnly(true).setEntries(List.of(new AlterClientQuotasRequestData.EntryData().setEntity(List.of(
                new AlterClientQuotasRequestData.EntityData().setEntityType("user").setEntityName("bob"))).setOps(List.of(new AlterClientQuotasRequestData.OpData()
                .setKey("consumer_byte_rate").setValue(1e6))))), 31, cluster(ALTER_CONFIGS));
        row(new DescribeUserScramCredentialsRequestData().setUsers(null), 31, cluster(DESCRIBE));
        row(new AlterUserScramCredentialsRequestData().setDeletions(List.of(new AlterUserScramCredentialsRequestData.ScramCredentialDeletion().setName("nobody")
                .setMechanism((byte) 1))), 31, cluster(ALTER));
        row(new DescribeQuorumRequestData().setTopics(List.of(new DescribeQuorumRequestData.TopicData().setTopicName("__cluster_metadata")
                .setPartitions(List.of(new DescribeQuorumRequestData.PartitionData())))), 31, cluster(DESCRIBE));
        row(new UpdateFeaturesRequestData().setValidateOnly(true).setTimeoutMs(1000), 31, cluster(ALTER));
        row(new UnregisterBrokerRequestData().setBrokerId(99), 31, cluster(ALTER));
        row(new ListConfigResourcesRequestData(), 31, cluster(DESCRIBE_CONFIGS));
        row(new CreateDelegationTokenRequestData().setOwnerPrincipalType("User").setOwnerPrincipalName("bob").setMaxLifetimeMs(60000), 65,
                new Right(USER, "User:bob", CREATE_TOKENS));
        // Whose right follows from owning the token, or which tell nothing that is anybody's.
        row(new RenewDelegationTokenRequestData().setHmac(new byte[]{1}), -1);
        row(new ExpireDelegationTokenRequestData().setHmac(new byte[]{1}), -1);
        row(new DescribeDelegationTokenRequestData().setOwners(null), -1);
        row(new DescribeClusterRequestData(), -1);
        row(new ApiVersionsRequestData().setClientSoftwareName("matrix").setClientSoftwareVersion("1"), -1);
        row(new GetTelemetrySubscriptionsRequestData(), -1);
        row(new PushTelemetryRequestData(), -1);
    }

    static Set<Integer> refusalsIn(String text) {
        Set<Integer> codes = new TreeSet<>();
        Matcher m = Pattern.compile("(?:\\be|partitionE)rrorCode=(-?\\d+)").matcher(text);
        while (m.find()) codes.add(Integer.parseInt(m.group(1)));
        codes.retainAll(REFUSALS);
        return codes;
    }

    static Map<String, Object> login(String bootstrap) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrap);
        config.put("security.protocol", "SASL_PLAINTEXT");
        config.put("sasl.mechanism", "PLAIN");
        config.put("sasl.jaas.config", "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"admin\" password=\"pw\";");
        return config;
    }

    static List<AclBinding> bindings(List<Right> rights) {
        return rights.stream().map(r -> new AclBinding(new ResourcePattern(r.type, r.name, PatternType.LITERAL),
                new AccessControlEntry("User:alice", "*", r.operation, AclPermissionType.ALLOW))).toList();
    }

    static void prepare(Admin admin, String bootstrap) throws Exception {
        try {
            admin.createTopics(List.of(new NewTopic(TOPIC_NAME, 1, (short) 1))).all().get();
        } catch (java.util.concurrent.ExecutionException e) {
            if (!e.getMessage().contains("exists")) throw e;
        }
        admin.alterConsumerGroupOffsets(GROUP_NAME, Map.of(new TopicPartition(TOPIC_NAME, 0), new OffsetAndMetadata(0))).all().get();
        Map<String, Object> config = login(bootstrap);
        config.put("transactional.id", TXN_NAME);
        config.put("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        config.put("value.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        try (var producer = new KafkaProducer<String, String>(config)) {
            producer.initTransactions();
        }
    }

    /** Empty, or what is wrong. */
    static String judge(Row row, String without, String with) {
        Set<Integer> refused = refusalsIn(without), still = refusalsIn(with);
        if (!still.isEmpty()) return "with its rights it is refused with " + still + ": " + with;
        if (row.refusal > 0 && !refused.equals(Set.of(row.refusal))) return "without rights it answers " + without;
        if (row.refusal <= 0 && !refused.isEmpty()) return "refused with " + refused;
        if (row.refusal == 0 && !with.contains("secret")) return "with its rights the list lacks what it asked for: " + with;
        String asked = row.request.toString();
        Matcher names = Pattern.compile("secret-[a-z]+").matcher(without);
        while (names.find()) {
            if (!asked.contains(names.group())) return "tells " + names.group() + ": " + without;
        }
        return "";
    }

    public static void main(String[] args) throws Exception {
        String bootstrap = args[args.length - 1];
        records(); topics(); groups(); transactions(); cluster();
        int failed = 0;
        try (Admin admin = Admin.create(login(bootstrap))) {
            prepare(admin, bootstrap);
            Map<Short, ApiVersionsResponseData.ApiVersion> served = new TreeMap<>();
            try (Wire wire = Wire.ofAlice(bootstrap)) {
                var versions = (ApiVersionsResponseData) wire.call(ApiKeys.API_VERSIONS, 3,
                        new ApiVersionsRequestData().setClientSoftwareName("matrix").setClientSoftwareVersion("1"));
                versions.apiKeys().forEach(v -> served.put(v.apiKey(), v));
            }
            Set<Short> missing = new TreeSet<>(served.keySet());
            missing.removeAll(Set.of(ApiKeys.SASL_HANDSHAKE.id, ApiKeys.SASL_AUTHENTICATE.id));
            // Between brokers only; Apache Kafka advertises them, Weir does not.
            missing.removeIf(key -> key >= 80 && key <= 87);
            for (Row row : ROWS) {
                missing.remove(row.key.id);
                var range = served.get(row.key.id);
                String name = row.key.name + (row.refusal == 0 ? "-list" : "") + (row.rights.isEmpty() ? "" : "-" + row.rights.get(0).type);
                if (range == null) {
                    System.out.println("SKIP " + name + ": not advertised");
                    continue;
                }
                int version = row.version >= 0 ? row.version : Math.min(row.key.latestVersion(), range.maxVersion());
                String problem;
                try {
                    String without, with;
                    try (Wire wire = Wire.ofAlice(bootstrap)) { without = wire.call(row.key, version, row.request).toString(); }
                    if (!row.rights.isEmpty()) admin.createAcls(bindings(row.rights)).all().get();
                    try (Wire wire = Wire.ofAlice(bootstrap)) { with = wire.call(row.key, version, row.request).toString(); }
                    if (!row.rights.isEmpty()) admin.deleteAcls(bindings(row.rights).stream().map(AclBinding::toFilter).toList()).all().get();
                    problem = judge(row, without, with);
                } catch (Exception e) {
                    problem = e.toString();
                }
                System.out.println(problem.isEmpty() ? "PASS " + name : "FAIL " + name + ": " + problem.substring(0, Math.min(400, problem.length())));
                failed += problem.isEmpty() ? 0 : 1;
            }
            for (short key : missing) {
                System.out.println("FAIL " + ApiKeys.forId(key).name + ": it is served and has no row");
                ++failed;
            }
        }
        System.exit(failed == 0 ? 0 : 1);
    }
}
