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

/// DescribeTransactions shows the state of transactions. API key 65, version 0.
struct DescribeTransactionsRequest {
    static constexpr const char* kName = "DescribeTransactionsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeTransactions;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    std::vector<std::string> transactionalIds{};
    UnknownTags unknownTags{};

    bool operator==(const DescribeTransactionsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("transactionalIds", &DescribeTransactionsRequest::transactionalIds);
    }
};

/// The answer to DescribeTransactionsRequest.
struct DescribeTransactionsResponse {
    static constexpr const char* kName = "DescribeTransactionsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeTransactions;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct TopicData {
        std::string topic{};
        std::vector<PartitionId> partitions{};
        UnknownTags unknownTags{};

        bool operator==(const TopicData&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("topic", &TopicData::topic);
            io.field("partitions", &TopicData::partitions);
        }
    };

    struct TransactionState {
        ErrorCode errorCode{};
        std::string transactionalId{};
        std::string transactionState{};
        std::int32_t transactionTimeoutMs = 0;
        Timestamp transactionStartTimeMs{};
        ProducerId producerId{};
        ProducerEpoch producerEpoch{};
        std::vector<TopicData> topics{};
        UnknownTags unknownTags{};

        bool operator==(const TransactionState&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("errorCode", &TransactionState::errorCode);
            io.field("transactionalId", &TransactionState::transactionalId);
            io.field("transactionState", &TransactionState::transactionState);
            io.field("transactionTimeoutMs", &TransactionState::transactionTimeoutMs);
            io.field("transactionStartTimeMs", &TransactionState::transactionStartTimeMs);
            io.field("producerId", &TransactionState::producerId);
            io.field("producerEpoch", &TransactionState::producerEpoch);
            io.field("topics", &TransactionState::topics);
        }
    };

    std::int32_t throttleTimeMs = 0;
    std::vector<TransactionState> transactionStates{};
    UnknownTags unknownTags{};

    bool operator==(const DescribeTransactionsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &DescribeTransactionsResponse::throttleTimeMs);
        io.field("transactionStates", &DescribeTransactionsResponse::transactionStates);
    }
};

}  // namespace weir::protocol
