// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "broker/model/ids.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// InitProducerId gives a producer its id and epoch, and fences the ones before it. API key 22, versions 0 to 6.
struct InitProducerIdRequest {
    static constexpr const char* kName = "InitProducerIdRequest";
    static constexpr ApiKey kApiKey = ApiKey::kInitProducerId;
    static constexpr VersionRange kVersions{0, 6};
    static constexpr std::int16_t kFirstFlexible = 2;

    std::optional<std::string> transactionalId = std::string{};
    std::int32_t transactionTimeoutMs = 0;
    ProducerId producerId = kNoProducerId;
    ProducerEpoch producerEpoch = kNoProducerEpoch;
    bool enable2Pc = false;
    bool keepPreparedTxn = false;
    UnknownTags unknownTags{};

    bool operator==(const InitProducerIdRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("transactionalId", &InitProducerIdRequest::transactionalId, always().nullable());
        io.field("transactionTimeoutMs", &InitProducerIdRequest::transactionTimeoutMs);
        io.field("producerId", &InitProducerIdRequest::producerId, since(3));
        io.field("producerEpoch", &InitProducerIdRequest::producerEpoch, since(3));
        io.field("enable2Pc", &InitProducerIdRequest::enable2Pc, since(6));
        io.field("keepPreparedTxn", &InitProducerIdRequest::keepPreparedTxn, since(6));
    }
};

/// The answer to InitProducerIdRequest.
struct InitProducerIdResponse {
    static constexpr const char* kName = "InitProducerIdResponse";
    static constexpr ApiKey kApiKey = ApiKey::kInitProducerId;
    static constexpr VersionRange kVersions{0, 6};
    static constexpr std::int16_t kFirstFlexible = 2;

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    ProducerId producerId = kNoProducerId;
    ProducerEpoch producerEpoch{};
    ProducerId ongoingTxnProducerId = kNoProducerId;
    ProducerEpoch ongoingTxnProducerEpoch = kNoProducerEpoch;
    UnknownTags unknownTags{};

    bool operator==(const InitProducerIdResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &InitProducerIdResponse::throttleTimeMs);
        io.field("errorCode", &InitProducerIdResponse::errorCode);
        io.field("producerId", &InitProducerIdResponse::producerId);
        io.field("producerEpoch", &InitProducerIdResponse::producerEpoch);
        io.field("ongoingTxnProducerId", &InitProducerIdResponse::ongoingTxnProducerId, since(6));
        io.field("ongoingTxnProducerEpoch", &InitProducerIdResponse::ongoingTxnProducerEpoch, since(6));
    }
};

}  // namespace weir::protocol
