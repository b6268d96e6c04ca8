// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/security/acl.h"

namespace weir::server {

/// The filter of DescribeAcls and of DeleteAcls, which have the same fields.
template <class WireFilter>
security::AclFilter filterOf(const WireFilter& wire) {
    return {static_cast<security::ResourceType>(wire.resourceTypeFilter),
            wire.resourceNameFilter,
            static_cast<security::PatternType>(wire.patternTypeFilter),
            wire.principalFilter,
            wire.hostFilter,
            static_cast<security::AclOperation>(wire.operation),
            static_cast<security::Permission>(wire.permissionType)};
}

inline constexpr const char* kNoAuthorizer = "No authorizer is configured: set authorizer.class.name.";

}  // namespace weir::server
