// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "broker/catalog/catalog.h"
#include "broker/config/alter.h"
#include "broker/config/describe.h"
#include "broker/groups/group_settings.h"
#include "broker/topics/published.h"
#include "broker/topics/topic_registry.h"

namespace weir::server {

/// The settings of groups (KIP-848's GROUP resource): kept in the catalog, whether or not the group exists, and read by
/// the coordinator on every use. Thread safe; reading never waits for the disk, changes take turns and do.
class GroupConfigs final : public groups::GroupSettings {
public:
    static catalog::CatalogResult<std::unique_ptr<GroupConfigs>> open(catalog::Catalog& catalog,
                                                                      const topics::TopicRegistry& topics);

    [[nodiscard]] config::GroupConfig of(const std::string& groupId) const override;
    /// Every setting of the group, by name.
    [[nodiscard]] std::vector<config::DescribedConfig> describe(const std::string& groupId) const;
    /// Groups that have a setting of their own, by name.
    [[nodiscard]] std::vector<std::string> configured() const;
    topics::TopicResult<void> alter(const std::string& groupId, const std::vector<config::Alteration>& changes,
                                    topics::Mode mode);
    /// The group's settings become exactly these (legacy AlterConfigs).
    topics::TopicResult<void> replace(const std::string& groupId, const config::ConfigMap& settings, topics::Mode mode);

private:
    using Overrides = std::map<std::string, config::ConfigMap>;

    GroupConfigs(catalog::Catalog& catalog, const topics::TopicRegistry& topics, Overrides overrides);
    [[nodiscard]] config::ConfigMap overridesOf(const std::string& groupId) const;
    topics::TopicResult<void> set(const std::string& groupId, const config::ConfigMap& settings, topics::Mode mode);

    catalog::Catalog& m_catalog;
    const topics::TopicRegistry& m_topics;
    topics::Published<Overrides> m_overrides;
    std::mutex m_admin;  // changes take turns
};

}  // namespace weir::server
