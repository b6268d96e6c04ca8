// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/model/ids.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// ListTransactions lists transactions by state, producer and age. API key 66, versions 0 to 2.
struct ListTransactionsRequest {
    static constexpr const char* kName = "ListTransactionsRequest";
    static constexpr ApiKey kApiKey = ApiKey::kListTransactions;
    static constexpr VersionRange kVersions{0, 2};
    static constexpr std::int16_t kFirstFlexible = 0;

    std::vector<std::string> stateFilters{};
    std::vector<ProducerId> producerIdFilters{};
    std::int64_t durationFilter = -1;
    std::optional<std::string> transactionalIdPattern{};
    UnknownTags unknownTags{};

    bool operator==(const ListTransactionsRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("stateFilters", &ListTransactionsRequest::stateFilters);
        io.field("producerIdFilters", &ListTransactionsRequest::producerIdFilters);
        io.field("durationFilter", &ListTransactionsRequest::durationFilter, since(1));
        io.field("transactionalIdPattern", &ListTransactionsRequest::transactionalIdPattern, since(2).nullable());
    }
};

/// The answer to ListTransactionsRequest.
struct ListTransactionsResponse {
    static constexpr const char* kName = "ListTransactionsResponse";
    static constexpr ApiKey kApiKey = ApiKey::kListTransactions;
    static constexpr VersionRange kVersions{0, 2};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct TransactionState {
        std::string transactionalId{};
        ProducerId producerId{};
        std::string transactionState{};
        UnknownTags unknownTags{};

        bool operator==(const TransactionState&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("transactionalId", &TransactionState::transactionalId);
            io.field("producerId", &TransactionState::producerId);
            io.field("transactionState", &TransactionState::transactionState);
        }
    };

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    std::vector<std::string> unknownStateFilters{};
    std::vector<TransactionState> transactionStates{};
    UnknownTags unknownTags{};

    bool operator==(const ListTransactionsResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &ListTransactionsResponse::throttleTimeMs);
        io.field("errorCode", &ListTransactionsResponse::errorCode);
        io.field("unknownStateFilters", &ListTransactionsResponse::unknownStateFilters);
        io.field("transactionStates", &ListTransactionsResponse::transactionStates);
    }
};

}  // namespace weir::protocol
