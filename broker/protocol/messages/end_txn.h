// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include "broker/model/ids.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// EndTxn commits or aborts a transaction. API key 26, versions 0 to 5.
struct EndTxnRequest {
    static constexpr const char* kName = "EndTxnRequest";
    static constexpr ApiKey kApiKey = ApiKey::kEndTxn;
    static constexpr VersionRange kVersions{0, 5};
    static constexpr std::int16_t kFirstFlexible = 3;

    std::string transactionalId{};
    ProducerId producerId{};
    ProducerEpoch producerEpoch{};
    bool committed = false;
    UnknownTags unknownTags{};

    bool operator==(const EndTxnRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("transactionalId", &EndTxnRequest::transactionalId);
        io.field("producerId", &EndTxnRequest::producerId);
        io.field("producerEpoch", &EndTxnRequest::producerEpoch);
        io.field("committed", &EndTxnRequest::committed);
    }
};

/// The answer to EndTxnRequest.
struct EndTxnResponse {
    static constexpr const char* kName = "EndTxnResponse";
    static constexpr ApiKey kApiKey = ApiKey::kEndTxn;
    static constexpr VersionRange kVersions{0, 5};
    static constexpr std::int16_t kFirstFlexible = 3;

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    ProducerId producerId = kNoProducerId;
    ProducerEpoch producerEpoch = kNoProducerEpoch;
    UnknownTags unknownTags{};

    bool operator==(const EndTxnResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &EndTxnResponse::throttleTimeMs);
        io.field("errorCode", &EndTxnResponse::errorCode);
        io.field("producerId", &EndTxnResponse::producerId, since(5).ignorable());
        io.field("producerEpoch", &EndTxnResponse::producerEpoch, since(5).ignorable());
    }
};

}  // namespace weir::protocol
