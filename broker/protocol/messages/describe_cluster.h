// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "broker/model/ids.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// DescribeCluster names the cluster and its brokers. API key 60, versions 0 to 2.
struct DescribeClusterRequest {
    static constexpr const char* kName = "DescribeClusterRequest";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeCluster;
    static constexpr VersionRange kVersions{0, 2};
    static constexpr std::int16_t kFirstFlexible = 0;

    bool includeClusterAuthorizedOperations = false;
    std::int8_t endpointType = 1;
    bool includeFencedBrokers = false;
    UnknownTags unknownTags{};

    bool operator==(const DescribeClusterRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("includeClusterAuthorizedOperations", &DescribeClusterRequest::includeClusterAuthorizedOperations);
        io.field("endpointType", &DescribeClusterRequest::endpointType, since(1));
        io.field("includeFencedBrokers", &DescribeClusterRequest::includeFencedBrokers, since(2));
    }
};

/// The answer to DescribeClusterRequest.
struct DescribeClusterResponse {
    static constexpr const char* kName = "DescribeClusterResponse";
    static constexpr ApiKey kApiKey = ApiKey::kDescribeCluster;
    static constexpr VersionRange kVersions{0, 2};
    static constexpr std::int16_t kFirstFlexible = 0;

    struct DescribeClusterBroker {
        BrokerId brokerId{};
        std::string host{};
        std::int32_t port = 0;
        std::optional<std::string> rack{};
        bool isFenced = false;
        UnknownTags unknownTags{};

        bool operator==(const DescribeClusterBroker&) const = default;
        template <class Io>
        static void describe(Io& io) {
            io.field("brokerId", &DescribeClusterBroker::brokerId);
            io.field("host", &DescribeClusterBroker::host);
            io.field("port", &DescribeClusterBroker::port);
            io.field("rack", &DescribeClusterBroker::rack, always().nullable());
            io.field("isFenced", &DescribeClusterBroker::isFenced, since(2));
        }
    };

    std::int32_t throttleTimeMs = 0;
    ErrorCode errorCode{};
    std::optional<std::string> errorMessage{};
    std::int8_t endpointType = 1;
    std::string clusterId{};
    BrokerId controllerId{-1};
    std::vector<DescribeClusterBroker> brokers{};
    std::int32_t clusterAuthorizedOperations = std::numeric_limits<std::int32_t>::min();
    UnknownTags unknownTags{};

    bool operator==(const DescribeClusterResponse&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("throttleTimeMs", &DescribeClusterResponse::throttleTimeMs);
        io.field("errorCode", &DescribeClusterResponse::errorCode);
        io.field("errorMessage", &DescribeClusterResponse::errorMessage, always().nullable());
        io.field("endpointType", &DescribeClusterResponse::endpointType, since(1));
        io.field("clusterId", &DescribeClusterResponse::clusterId);
        io.field("controllerId", &DescribeClusterResponse::controllerId);
        io.field("brokers", &DescribeClusterResponse::brokers);
        io.field("clusterAuthorizedOperations", &DescribeClusterResponse::clusterAuthorizedOperations);
    }
};

}  // namespace weir::protocol
