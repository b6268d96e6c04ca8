// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/model/ids.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// AddPartitionsToTxn adds partitions to transactions, or checks that they belong to them. API key 24, versions 0
/// to 5.
struct AddPartitionsToTxnRequest {
    static constexpr const char* kName = "AddPartitionsToTxnRequest";
    static constexpr ApiKey kApiKey = ApiKey::kAddPartitionsToTxn;
    static constexpr VersionRange kVersions{0, 5};
    static constexpr std::int16_t kFirstFlexible = 3;

    struct AddPartitionsToTxnTopic {
        std::string name{};
        std::vector<PartitionId> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const AddPartitionsToTxnTopic&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &AddPartitionsToTxnTopic::name);
            io.field("partitions", &AddPartitionsToTxnTopic::partitions);
        }
    };

    struct AddPartitionsToTxnTransaction {
        std::string transactionalId{};
        ProducerId producerId{};
        ProducerEpoch producerEpoch{};
        bool verifyOnly = false;
        std::vector<AddPartitionsToTxnTopic> topics{};
        UnknownTags unknownTags{};

        bool operator==(const AddPartitionsToTxnTransaction&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("transactionalId", &AddPartitionsToTxnTransaction::transactionalId);
            io.field("producerId", &AddPartitionsToTxnTransaction::producerId);
            io.field("producerEpoch", &AddPartitionsToTxnTransaction::producerEpoch);
            io.field("verifyOnly", &AddPartitionsToTxnTransaction::verifyOnly);
            io.field("topics", &AddPartitionsToTxnTransaction::topics);
        }
    };

    std::vector<AddPartitionsToTxnTransaction> transactions{};
    std::string v3AndBelowTransactionalId{};
    ProducerId v3AndBelowProducerId{};
    ProducerEpoch v3AndBelowProducerEpoch{};
    std::vector<AddPartitionsToTxnTopic> v3AndBelowTopics{};
    UnknownTags unknownTags{};

    bool operator==(const AddPartitionsToTxnRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("transactions", &AddPartitionsToTxnRequest::transactions, since(4));
        io.field("v3AndBelowTransactionalId", &AddPartitionsToTxnRequest::v3AndBelowTransactionalId, until(3));
        io.field("v3AndBelowProducerId", &AddPartitionsToTxnRequest::v3AndBelowProducerId, until(3));
        io.field("v3AndBelowProducerEpoch", &AddPartitionsToTxnRequest::v3AndBelowProducerEpoch, until(3));
        io.field("v3AndBelowTopics", &AddPartitionsToTxnRequest::v3AndBelowTopics, until(3));
    }
};

/// The answer to AddPartitionsToTxnRequest.
struct AddPartitionsToTxnResponse {
    static constexpr const char* kName = "AddPartitionsToTxnResponse";
    static constexpr ApiKey kApiKey = ApiKey::kAddPartitionsToTxn;
    static constexpr VersionRange kVersions{0, 5};
    static constexpr std::int16_t kFirstFlexible = 3;

    struct AddPartitionsToTxnPartitionResult {
        PartitionId partitionIndex{};
        ErrorCode partitionErrorCode{};
        UnknownTags unknownTags{};

        bool operator==(const AddPartitionsToTxnPartitionResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("partitionIndex", &AddPartitionsToTxnPartitionResult::partitionIndex);
            io.field("partitionErrorCode", &AddPartitionsToTxnPartitionResult::partitionErrorCode);
        }
    };

    struct AddPartitionsToTxnTopicResult {
        std::string name{};
        std::vector<AddPartitionsToTxnPartitionResult> resultsByPartition{};
        UnknownTags unknownTags{};

        bool operator==(const AddPartitionsToTxnTopicResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("name", &AddPartitionsToTxnTopicResult::name);
            io.field("resultsByPartition", &AddPartitionsToTxnTopicResult::resultsByPartition);
        }
    };

    struct AddPartitionsToTxnResult {
        std::string transactionalId{};
        std::vector<AddPartitionsToTxnTopicResult> topicResults{};
        UnknownTags unknownTags{};

        bool operator==(const AddPartitionsToTxnResult&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("transactionalId", &AddPartitionsToTxnResult::transactionalId);
            io.field("topicResults", &AddPartitionsToTxnResult::topicResults);
        }
    };

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    std::vector<AddPartitionsToTxnResult> resultsByTransaction{};
    std::vector<AddPartitionsToTxnTopicResult> resultsByTopicV3AndBelow{};
    UnknownTags unknownTags{};

    bool operator==(const AddPartitionsToTxnResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &AddPartitionsToTxnResponse::throttleTimeMs);
        io.field("errorCode", &AddPartitionsToTxnResponse::errorCode, since(4).ignorable());
        io.field("resultsByTransaction", &AddPartitionsToTxnResponse::resultsByTransaction, since(4));
        io.field("resultsByTopicV3AndBelow", &AddPartitionsToTxnResponse::resultsByTopicV3AndBelow, until(3));
    }
};

}  // namespace weir::protocol
