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

/// FindCoordinator names the broker that looks after a group, a transactional id or a share partition. API key 10,
/// versions 0 to 6.
struct FindCoordinatorRequest {
    static constexpr const char* kName = "FindCoordinatorRequest";
    static constexpr ApiKey kApiKey = ApiKey::kFindCoordinator;
    static constexpr VersionRange kVersions{0, 6};
    static constexpr std::int16_t kFirstFlexible = 3;

    std::string key{};
    std::int8_t keyType = 0;
    std::vector<std::string> coordinatorKeys{};
    UnknownTags unknownTags{};

    bool operator==(const FindCoordinatorRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("key", &FindCoordinatorRequest::key, until(3));
        io.field("keyType", &FindCoordinatorRequest::keyType, since(1));
        io.field("coordinatorKeys", &FindCoordinatorRequest::coordinatorKeys, since(4));
    }
};

/// The answer to FindCoordinatorRequest.
struct FindCoordinatorResponse {
    static constexpr const char* kName = "FindCoordinatorResponse";
    static constexpr ApiKey kApiKey = ApiKey::kFindCoordinator;
    static constexpr VersionRange kVersions{0, 6};
    static constexpr std::int16_t kFirstFlexible = 3;

    struct Coordinator {
        std::string key{};
        BrokerId nodeId{};
        std::string host{};
        std::int32_t port = 0;
        ErrorCode errorCode{};
        std::optional<std::string> errorMessage = std::string{};
        UnknownTags unknownTags{};

        bool operator==(const Coordinator&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("key", &Coordinator::key);
            io.field("nodeId", &Coordinator::nodeId);
            io.field("host", &Coordinator::host);
            io.field("port", &Coordinator::port);
            io.field("errorCode", &Coordinator::errorCode);
            io.field("errorMessage", &Coordinator::errorMessage, always().nullable());
        }
    };

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    std::optional<std::string> errorMessage = std::string{};
    BrokerId nodeId{};
    std::string host{};
    std::int32_t port = 0;
    std::vector<Coordinator> coordinators{};
    UnknownTags unknownTags{};

    bool operator==(const FindCoordinatorResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &FindCoordinatorResponse::throttleTimeMs, since(1).ignorable());
        io.field("errorCode", &FindCoordinatorResponse::errorCode, until(3));
        io.field("errorMessage", &FindCoordinatorResponse::errorMessage, between(1, 3).nullable().ignorable());
        io.field("nodeId", &FindCoordinatorResponse::nodeId, until(3));
        io.field("host", &FindCoordinatorResponse::host, until(3));
        io.field("port", &FindCoordinatorResponse::port, until(3));
        io.field("coordinators", &FindCoordinatorResponse::coordinators, since(4));
    }
};

}  // namespace weir::protocol
