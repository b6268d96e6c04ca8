// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/api/folder_catalog.h"

#include <system_error>
#include <utility>

#include "broker/base/uuid.h"
#include "broker/catalog/catalog.h"

namespace weir::api {

namespace {

namespace fs = std::filesystem;

/// A folder of its own that goes with the object.
class TemporaryFolder {
public:
    explicit TemporaryFolder(Random& random)
        : m_path(fs::temp_directory_path() / ("weir-look-" + Uuid::random(random).toHexString())) {
        fs::create_directory(m_path, m_error);
        if (!m_error) {
            fs::permissions(m_path, fs::perms::owner_all, m_error);
        }
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] const fs::path& path() const { return m_path; }
    [[nodiscard]] std::error_code error() const { return m_error; }

private:
    fs::path m_path;
    std::error_code m_error;
};

ClusterError unreadable(const std::string& why) {
    return {ClusterErrc::kStorage, 0, "weir.db cannot be read, so the groups are not known: " + why + '.'};
}

}  // namespace

std::optional<ClusterResult<FolderCatalog>> readFolderCatalog(const fs::path& folder, const Clock& clock,
                                                              Random& random) {
    std::error_code error;
    if (!fs::is_regular_file(folder / "weir.db", error)) {
        return std::nullopt;
    }
    const TemporaryFolder copy(random);
    error = copy.error();
    for (const char* const name : {"weir.db", "weir.db-wal"}) {
        if (!error && fs::exists(folder / name, error)) {
            fs::copy_file(folder / name, copy.path() / name, error);
        }
    }
    if (error) {
        return fail(unreadable(error.message()));
    }
    auto catalog = catalog::Catalog::open({copy.path(), catalog::SyncMode::kSystem, catalog::OnDamage::kSetAside},
                                          clock, random, Logger());
    if (!catalog) {
        return fail(unreadable(catalog.error().message));
    }
    const auto rows = (*catalog)->groups();
    if (!rows) {
        return fail(unreadable(rows.error().message));
    }
    FolderCatalog found;
    found.clusterId = (*catalog)->clusterId();
    for (const catalog::GroupRow& row : *rows) {
        GroupSnapshot group;
        group.id = row.groupId;
        group.state = GroupState::kEmpty;
        for (const catalog::OffsetRow& offset : row.offsets) {
            group.offsets.push_back(offset.committed);
        }
        found.groups.push_back(std::move(group));
    }
    const auto topics = (*catalog)->topics();
    if (!topics) {
        return fail(unreadable(topics.error().message));
    }
    for (const catalog::TopicRow& row : *topics) {
        FolderSettings::Topic& topic = found.settings.topics[row.name];
        topic.settings.insert(row.configs.begin(), row.configs.end());
        for (std::int32_t partition = 0; partition < row.partitions; ++partition) {
            topic.partitions.insert(partition);
        }
    }
    return found;
}

}  // namespace weir::api
