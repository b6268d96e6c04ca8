// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/topics/retired_folders.h"

#include "broker/io/files.h"
#include "broker/storage/checkpoint_text.h"
#include "broker/storage/file_names.h"

namespace weir::topics {

io::IoResult<std::vector<RetiredFolders::Folder>> RetiredFolders::find() {
    io::FileSystem& disk = m_directory.fileSystem();
    auto entries = disk.list(m_directory.root());
    if (!entries) {
        return fail(entries.error());
    }
    std::vector<Folder> folders;
    for (const io::DirectoryEntry& entry : *entries) {
        if (!entry.isDirectory || !storage::isFolderToDelete(entry.name)) {
            continue;
        }
        Folder folder{m_directory.root() / entry.name, PartitionId(-1), {}, {}};
        // What stands before the last dot is the name the folder had.
        if (const auto was = storage::partitionOfFolderName(entry.name.substr(0, entry.name.rfind('.')))) {
            folder.topic = was->topic;
            folder.partition = was->partition;
        }
        if (const auto bytes = io::readWholeFile(disk, folder.path / "partition.metadata")) {
            folder.id = storage::readPartitionMetadata(asText(*bytes)).value_or(TopicId{});
        }
        folders.push_back(std::move(folder));
    }
    return folders;
}

io::IoResult<std::set<PartitionId>> RetiredFolders::restore(const std::string& topic, const TopicId& id) {
    auto folders = find();
    if (!folders) {
        return fail(folders.error());
    }
    io::FileSystem& disk = m_directory.fileSystem();
    std::set<PartitionId> restored;
    for (const Folder& folder : *folders) {
        if (folder.id != id || folder.topic != topic) {
            continue;
        }
        const io::Path target = m_directory.pathOf({topic, folder.partition});
        if (disk.exists(target)) {
            // Left of a creation that was cut short; the topic that owns the name now is the one that comes back.
            if (auto moved = io::moveInto(disk, target, m_directory.root() / ".quarantine"); !moved) {
                return fail(moved.error());
            }
        }
        if (auto done = disk.rename(folder.path, target); !done) {
            return fail(done.error());
        }
        restored.insert(folder.partition);
    }
    if (auto done = disk.syncDirectory(m_directory.root()); !done) {
        return fail(done.error());
    }
    return restored;
}

io::IoResult<std::vector<io::Path>> RetiredFolders::forgotten(const std::set<TopicId>& keep) {
    auto folders = find();
    if (!folders) {
        return fail(folders.error());
    }
    std::vector<io::Path> result;
    for (Folder& folder : *folders) {
        if (!keep.contains(folder.id)) {
            result.push_back(std::move(folder.path));
        }
    }
    return result;
}

}  // namespace weir::topics
