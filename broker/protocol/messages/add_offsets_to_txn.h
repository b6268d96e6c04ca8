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

/// AddOffsetsToTxn adds a group's offsets to a transaction. API key 25, versions 0 to 4.
struct AddOffsetsToTxnRequest {
    static constexpr const char* kName = "AddOffsetsToTxnRequest";
    static constexpr ApiKey kApiKey = ApiKey::kAddOffsetsToTxn;
    static constexpr VersionRange kVersions{0, 4};
    static constexpr std::int16_t kFirstFlexible = 3;

    std::string transactionalId{};
    ProducerId producerId{};
    ProducerEpoch producerEpoch{};
    std::string groupId{};
    UnknownTags unknownTags{};

    bool operator==(const AddOffsetsToTxnRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("transactionalId", &AddOffsetsToTxnRequest::transactionalId);
        io.field("producerId", &AddOffsetsToTxnRequest::producerId);
        io.field("producerEpoch", &AddOffsetsToTxnRequest::producerEpoch);
        io.field("groupId", &AddOffsetsToTxnRequest::groupId);
    }
};

/// The answer to AddOffsetsToTxnRequest.
struct AddOffsetsToTxnResponse {
    static constexpr const char* kName = "AddOffsetsToTxnResponse";
    static constexpr ApiKey kApiKey = ApiKey::kAddOffsetsToTxn;
    static constexpr VersionRange kVersions{0, 4};
    static constexpr std::int16_t kFirstFlexible = 3;

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    UnknownTags unknownTags{};

    bool operator==(const AddOffsetsToTxnResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &AddOffsetsToTxnResponse::throttleTimeMs);
        io.field("errorCode", &AddOffsetsToTxnResponse::errorCode);
    }
};

}  // namespace weir::protocol
