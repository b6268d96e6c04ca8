// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/error_code.h"

#include <cstddef>

namespace weir::protocol {

namespace {

struct Words {
    std::string_view name;
    std::string_view sentence;
};

// In the order of the codes, which have no gaps, from the first one.
constexpr std::int16_t kFirstCode = -1;
constexpr Words kWords[] = {
    {"UNKNOWN_SERVER_ERROR", "Something went wrong in the broker that no other code describes."},
    {"NONE", "All is well."},
    {"OFFSET_OUT_OF_RANGE", "The partition has no record at this offset: it was removed, or not written yet."},
    {"CORRUPT_MESSAGE", "The records are damaged: their checksum or structure does not hold."},
    {"UNKNOWN_TOPIC_OR_PARTITION", "There is no such topic or partition here."},
    {"INVALID_FETCH_SIZE", "The size asked for in the fetch makes no sense."},
    {"LEADER_NOT_AVAILABLE", "The partition has no leader at the moment."},
    {"NOT_LEADER_OR_FOLLOWER", "This broker does not lead the partition and keeps no copy of it."},
    {"REQUEST_TIMED_OUT", "The request could not be finished in the time it allowed."},
    {"BROKER_NOT_AVAILABLE", "The broker is not available."},
    {"REPLICA_NOT_AVAILABLE", "The replica of this partition is not available."},
    {"MESSAGE_TOO_LARGE", "The batch is larger than max.message.bytes allows."},
    {"STALE_CONTROLLER_EPOCH", "A newer controller has taken over."},
    {"OFFSET_METADATA_TOO_LARGE", "The note committed with the offset is too long."},
    {"NETWORK_EXCEPTION", "The connection broke before an answer came."},
    {"COORDINATOR_LOAD_IN_PROGRESS", "The coordinator is still loading its state; try again."},
    {"COORDINATOR_NOT_AVAILABLE", "The coordinator is not available; try again."},
    {"NOT_COORDINATOR", "This broker does not coordinate that group or transaction."},
    {"INVALID_TOPIC_EXCEPTION", "The topic's name is not legal, or the topic may not be used this way."},
    {"RECORD_LIST_TOO_LARGE", "The batch is larger than a whole segment."},
    {"NOT_ENOUGH_REPLICAS", "Fewer replicas are in sync than the topic requires; nothing was written."},
    {"NOT_ENOUGH_REPLICAS_AFTER_APPEND", "The records were written, but to fewer replicas than the topic requires."},
    {"INVALID_REQUIRED_ACKS", "The acknowledgement asked for must be -1, 0 or 1."},
    {"ILLEGAL_GENERATION", "The group has moved on to another generation."},
    {"INCONSISTENT_GROUP_PROTOCOL", "The member shares no protocol or assignor with its group."},
    {"INVALID_GROUP_ID", "The group id is not legal."},
    {"UNKNOWN_MEMBER_ID", "The group does not know this member."},
    {"INVALID_SESSION_TIMEOUT", "The session timeout is outside what the broker allows."},
    {"REBALANCE_IN_PROGRESS", "The group is rebalancing; the member has to join again."},
    {"INVALID_COMMIT_OFFSET_SIZE", "The offsets to commit are too large together."},
    {"TOPIC_AUTHORIZATION_FAILED", "Access to the topic is not allowed."},
    {"GROUP_AUTHORIZATION_FAILED", "Access to the group is not allowed."},
    {"CLUSTER_AUTHORIZATION_FAILED", "This action on the cluster is not allowed."},
    {"INVALID_TIMESTAMP", "A record's timestamp is outside what the topic accepts."},
    {"UNSUPPORTED_SASL_MECHANISM", "The broker does not offer this SASL mechanism."},
    {"ILLEGAL_SASL_STATE", "This request does not belong at this point of the login."},
    {"UNSUPPORTED_VERSION", "The broker does not speak this version of the API."},
    {"TOPIC_ALREADY_EXISTS", "A topic of this name exists already."},
    {"INVALID_PARTITIONS", "The number of partitions is not legal."},
    {"INVALID_REPLICATION_FACTOR", "The replication factor is below 1 or above the number of brokers."},
    {"INVALID_REPLICA_ASSIGNMENT", "The assignment of replicas is not legal."},
    {"INVALID_CONFIG", "A setting is unknown or its value is not legal."},
    {"NOT_CONTROLLER", "This broker is not the controller."},
    {"INVALID_REQUEST", "The request contradicts itself or the protocol."},
    {"UNSUPPORTED_FOR_MESSAGE_FORMAT", "The broker's record format does not support this request."},
    {"POLICY_VIOLATION", "A policy of the cluster forbids this request."},
    {"OUT_OF_ORDER_SEQUENCE_NUMBER", "The producer's batch is not the next one in sequence."},
    {"DUPLICATE_SEQUENCE_NUMBER", "The producer sent this batch before."},
    {"INVALID_PRODUCER_EPOCH", "A newer instance of this producer exists."},
    {"INVALID_TXN_STATE", "The transaction is not in a state that allows this."},
    {"INVALID_PRODUCER_ID_MAPPING", "The producer id does not belong to this transactional id."},
    {"INVALID_TRANSACTION_TIMEOUT", "The transaction timeout is above what the broker allows."},
    {"CONCURRENT_TRANSACTIONS", "The producer's previous transaction is still being finished; try again."},
    {"TRANSACTION_COORDINATOR_FENCED", "A newer transaction coordinator has taken over."},
    {"TRANSACTIONAL_ID_AUTHORIZATION_FAILED", "Access to the transactional id is not allowed."},
    {"SECURITY_DISABLED", "The broker runs without access control."},
    {"OPERATION_NOT_ATTEMPTED", "Not tried, because another part of the same request failed."},
    {"KAFKA_STORAGE_ERROR", "The disk did not do what was asked of it."},
    {"LOG_DIR_NOT_FOUND", "The broker has no such data folder."},
    {"SASL_AUTHENTICATION_FAILED", "The login failed."},
    {"UNKNOWN_PRODUCER_ID", "The partition remembers nothing of this producer."},
    {"REASSIGNMENT_IN_PROGRESS", "The partition is being moved already."},
    {"DELEGATION_TOKEN_AUTH_DISABLED", "Delegation tokens are switched off."},
    {"DELEGATION_TOKEN_NOT_FOUND", "There is no such delegation token."},
    {"DELEGATION_TOKEN_OWNER_MISMATCH", "The delegation token belongs to somebody else."},
    {"DELEGATION_TOKEN_REQUEST_NOT_ALLOWED", "Delegation tokens may not be requested over this connection."},
    {"DELEGATION_TOKEN_AUTHORIZATION_FAILED", "Access to the delegation token is not allowed."},
    {"DELEGATION_TOKEN_EXPIRED", "The delegation token has expired."},
    {"INVALID_PRINCIPAL_TYPE", "This kind of principal is not supported."},
    {"NON_EMPTY_GROUP", "The group still has members."},
    {"GROUP_ID_NOT_FOUND", "There is no such group."},
    {"FETCH_SESSION_ID_NOT_FOUND", "The broker does not remember this fetch session."},
    {"INVALID_FETCH_SESSION_EPOCH", "The fetch is not the next one of its session."},
    {"LISTENER_NOT_FOUND", "The leader has no listener of the kind this request came through."},
    {"TOPIC_DELETION_DISABLED", "Topics may not be deleted on this broker."},
    {"FENCED_LEADER_EPOCH", "The client's leader epoch is older than the broker's."},
    {"UNKNOWN_LEADER_EPOCH", "The client's leader epoch is newer than the broker's."},
    {"UNSUPPORTED_COMPRESSION_TYPE", "This version of the request cannot carry this compression."},
    {"STALE_BROKER_EPOCH", "The broker has registered again since."},
    {"OFFSET_NOT_AVAILABLE", "The leader's high watermark has not caught up yet; try again."},
    {"MEMBER_ID_REQUIRED", "The member must join again with the id it was just given."},
    {"PREFERRED_LEADER_NOT_AVAILABLE", "The preferred leader is not available."},
    {"GROUP_MAX_SIZE_REACHED", "The group has as many members as it may have."},
    {"FENCED_INSTANCE_ID", "Another member has taken over this group instance id."},
    {"ELIGIBLE_LEADERS_NOT_AVAILABLE", "No replica that could lead the partition is available."},
    {"ELECTION_NOT_NEEDED", "The right leader leads already."},
    {"NO_REASSIGNMENT_IN_PROGRESS", "The partition is not being moved."},
    {"GROUP_SUBSCRIBED_TO_TOPIC", "The group still consumes this topic."},
    {"INVALID_RECORD", "A record breaks a rule of the broker or of its topic."},
    {"UNSTABLE_OFFSET_COMMIT", "An open transaction has still to decide about the offsets; try again."},
    {"THROTTLING_QUOTA_EXCEEDED", "A quota is used up; try again later."},
    {"PRODUCER_FENCED", "A newer producer with the same transactional id has taken over."},
    {"RESOURCE_NOT_FOUND", "What the request speaks of does not exist."},
    {"DUPLICATE_RESOURCE", "The request names the same thing twice."},
    {"UNACCEPTABLE_CREDENTIAL", "The credential does not meet the requirements."},
    {"INCONSISTENT_VOTER_SET", "The brokers disagree about who votes."},
    {"INVALID_UPDATE_VERSION", "The update version is not legal."},
    {"FEATURE_UPDATE_FAILED", "The feature could not be changed."},
    {"PRINCIPAL_DESERIALIZATION_FAILURE", "A forwarded request names a principal that cannot be read."},
    {"SNAPSHOT_NOT_FOUND", "There is no such snapshot."},
    {"POSITION_OUT_OF_RANGE", "The snapshot has no byte at this position."},
    {"UNKNOWN_TOPIC_ID", "No topic has this id here."},
    {"DUPLICATE_BROKER_REGISTRATION", "Another broker has registered under this id."},
    {"BROKER_ID_NOT_REGISTERED", "No broker has registered under this id."},
    {"INCONSISTENT_TOPIC_ID", "The topic's id is not the one in the request."},
    {"INCONSISTENT_CLUSTER_ID", "The request is meant for another cluster."},
    {"TRANSACTIONAL_ID_NOT_FOUND", "There is no such transactional id."},
    {"FETCH_SESSION_TOPIC_ID_ERROR", "The fetch session mixes topic names and topic ids."},
    {"INELIGIBLE_REPLICA", "The replica may not join those in sync."},
    {"NEW_LEADER_ELECTED", "The change made another broker the leader."},
    {"OFFSET_MOVED_TO_TIERED_STORAGE", "The records at this offset have moved to tiered storage."},
    {"FENCED_MEMBER_EPOCH", "The group has fenced the member's epoch; it has to rejoin."},
    {"UNRELEASED_INSTANCE_ID", "Another member of the group still uses this instance id."},
    {"UNSUPPORTED_ASSIGNOR", "The group does not offer the assignor asked for."},
    {"STALE_MEMBER_EPOCH", "The member's epoch is old; it must heartbeat before it tries again."},
    {"MISMATCHED_ENDPOINT_TYPE", "The request went to the wrong kind of endpoint."},
    {"UNSUPPORTED_ENDPOINT_TYPE", "This kind of endpoint is not supported."},
    {"UNKNOWN_CONTROLLER_ID", "No controller has this id."},
    {"UNKNOWN_SUBSCRIPTION_ID", "The telemetry subscription is no longer valid."},
    {"TELEMETRY_TOO_LARGE", "The client pushed more telemetry than the broker takes."},
    {"INVALID_REGISTRATION", "The broker's registration is not legal."},
    {"TRANSACTION_ABORTABLE", "The transaction failed; the application has to abort it and may go on."},
    {"INVALID_RECORD_STATE", "The record is not in a state that allows this acknowledgement."},
    {"SHARE_SESSION_NOT_FOUND", "The broker does not remember this share session."},
    {"INVALID_SHARE_SESSION_EPOCH", "The request is not the next one of its share session."},
    {"FENCED_STATE_EPOCH", "The share partition's state has a newer epoch."},
    {"INVALID_VOTER_KEY", "The voter is not the one the request means."},
    {"DUPLICATE_VOTER", "The voter is in the set already."},
    {"VOTER_NOT_FOUND", "The voter is not in the set."},
    {"INVALID_REGULAR_EXPRESSION", "The regular expression is not legal."},
    {"REBOOTSTRAP_REQUIRED", "The client must start again from its bootstrap servers."},
    {"STREAMS_INVALID_TOPOLOGY", "The streams topology is not legal."},
    {"STREAMS_INVALID_TOPOLOGY_EPOCH", "The epoch of the streams topology is not legal."},
    {"STREAMS_TOPOLOGY_FENCED", "A newer streams topology has taken over."},
    {"SHARE_SESSION_LIMIT_REACHED", "The broker has as many share sessions as it may have."},
};

constexpr Words kUnknown{"UNKNOWN", "This code is not one that Kafka 4.2 knows."};

const Words& wordsOf(ErrorCode code) {
    const int index = static_cast<int>(code) - kFirstCode;
    return index >= 0 && index < static_cast<int>(std::size(kWords)) ? kWords[index] : kUnknown;
}

}  // namespace

std::string_view errorName(ErrorCode code) {
    return wordsOf(code).name;
}

std::string_view errorSentence(ErrorCode code) {
    return wordsOf(code).sentence;
}

}  // namespace weir::protocol
