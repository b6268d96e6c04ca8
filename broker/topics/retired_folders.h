// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <set>
#include <string>
#include <vector>

#include "broker/io/file_system.h"
#include "broker/model/ids.h"
#include "broker/storage/log_directory.h"

namespace weir::topics {

/// The folders of deleted topics, "<topic>-<partition>.<32 hex>-delete" as LogDirectory::retire makes them, told apart
/// by the topic id in their partition.metadata. They stay while the topic can be brought back. One thread at a time.
class RetiredFolders {
public:
    explicit RetiredFolders(storage::LogDirectory& directory) : m_directory(directory) {}

    /// Renames the folders of the topic back into place. A partition without a folder is left out of the answer.
    io::IoResult<std::set<PartitionId>> restore(const std::string& topic, const TopicId& id);
    /// Folders whose topic is not in `keep`: nobody can want them any more.
    io::IoResult<std::vector<io::Path>> forgotten(const std::set<TopicId>& keep);

private:
    struct Folder {
        io::Path path;
        PartitionId partition;
        std::string topic;
        /// Zero when it cannot be told.
        TopicId id;
    };

    io::IoResult<std::vector<Folder>> find();

    storage::LogDirectory& m_directory;
};

}  // namespace weir::topics
