// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/memory_file_system.h"

#include <algorithm>

namespace weir::testing {

using io::DirectoryEntry;
using io::DiskSpace;
using io::FilePosition;
using io::IoErrc;
using io::IoResult;
using io::OpenMode;
using io::Path;

struct MemoryFileSystem::Node {
    Bytes bytes;
    Bytes durable;
};

namespace {

std::string key(const Path& path) {
    return path.lexically_normal().string();
}

Failure<io::IoError> failed(IoErrc code, const Path& path) {
    return fail(code, "memory disk: " + path.string());
}

bool isIn(const std::string& path, const std::string& directory) {
    return Path(path).parent_path() == Path(directory);
}

}  // namespace

class MemoryFileSystem::OpenFile final : public io::File {
public:
    OpenFile(MemoryFileSystem& disk, std::shared_ptr<Node> node) : m_disk(disk), m_node(std::move(node)) {}

    IoResult<std::size_t> read(FilePosition at, MutableByteView into) override {
        const std::lock_guard lock(m_disk.m_mutex);
        const Bytes& bytes = m_node->bytes;
        if (at.value >= bytes.size()) {
            return std::size_t{0};
        }
        const std::size_t count = std::min<std::size_t>(into.size(), bytes.size() - at.value);
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at.value), count, into.begin());
        return count;
    }
    IoResult<void> write(FilePosition at, ByteView bytes) override {
        const std::lock_guard lock(m_disk.m_mutex);
        std::size_t count = bytes.size();
        const std::size_t end = static_cast<std::size_t>(at.value) + count;
        Bytes& content = m_node->bytes;
        if (end > content.size()) {
            const std::uint64_t used = m_disk.used();
            const std::uint64_t left = m_disk.m_capacity > used ? m_disk.m_capacity - used : 0;
            const std::size_t reachable = std::min<std::size_t>(end, content.size() + left);
            count = reachable > at.value ? std::min<std::size_t>(count, reachable - at.value) : 0;
            content.resize(std::max<std::size_t>(content.size(), at.value + count));
        }
        std::copy_n(bytes.begin(), count, content.begin() + static_cast<std::ptrdiff_t>(at.value));
        if (count < bytes.size()) {
            return fail(IoErrc::kDiskFull, "memory disk is full");
        }
        return {};
    }
    IoResult<void> writeParts(FilePosition at, std::span<const ByteView> parts) override {
        for (const ByteView part : parts) {
            if (auto done = write(at, part); !done) {
                return done;
            }
            at.value += part.size();
        }
        return {};
    }
    IoResult<void> sync() override {
        const std::lock_guard lock(m_disk.m_mutex);
        m_node->durable = m_node->bytes;
        return {};
    }
    IoResult<void> truncate(FilePosition size) override {
        const std::lock_guard lock(m_disk.m_mutex);
        m_node->bytes.resize(static_cast<std::size_t>(size.value));
        return {};
    }
    IoResult<std::uint64_t> size() override {
        const std::lock_guard lock(m_disk.m_mutex);
        return static_cast<std::uint64_t>(m_node->bytes.size());
    }

private:
    MemoryFileSystem& m_disk;
    std::shared_ptr<Node> m_node;
};

class MemoryFileSystem::Lock final : public io::FileLock {
public:
    Lock(MemoryFileSystem& disk, std::string name) : m_disk(disk), m_name(std::move(name)) {}
    ~Lock() override {
        const std::lock_guard lock(m_disk.m_mutex);
        m_disk.m_locked.erase(m_name);
    }

private:
    MemoryFileSystem& m_disk;
    std::string m_name;
};

void MemoryFileSystem::powerCut() {
    const std::lock_guard lock(m_mutex);
    m_names = m_durableNames;
    for (auto& [name, node] : m_names) {
        if (node != nullptr) {
            node->bytes = node->durable;
        }
    }
    m_locked.clear();
}

void MemoryFileSystem::powerCut(const std::function<std::size_t(std::size_t)>& pick) {
    const std::lock_guard lock(m_mutex);
    constexpr std::size_t kFates = 3;
    if (pick(2) == 0) {
        m_names = m_durableNames;
    }
    for (auto& [name, node] : m_names) {
        if (node == nullptr || node->bytes == node->durable) {
            continue;
        }
        const std::size_t fate = pick(kFates);
        if (fate == 0) {
            node->bytes = node->durable;
        } else if (fate == 1) {
            const std::size_t least = std::min(node->bytes.size(), node->durable.size());
            const std::size_t most = std::max(node->bytes.size(), node->durable.size());
            node->bytes = mixed(*node, least + pick(most - least + 1), pick);
        }
        node->durable = node->bytes;
    }
    m_durableNames = m_names;
    m_locked.clear();
}

/// A file of `size` bytes whose sectors are old or new ones; what neither has is zero.
Bytes MemoryFileSystem::mixed(const Node& node, std::size_t size, const std::function<std::size_t(std::size_t)>& pick) {
    constexpr std::size_t kSector = 512;
    Bytes result(size);
    for (std::size_t at = 0; at < size; at += kSector) {
        const Bytes& from = pick(2) == 0 ? node.durable : node.bytes;
        const std::size_t end = std::min({at + kSector, size, from.size()});
        if (at < end) {
            std::copy(from.begin() + static_cast<std::ptrdiff_t>(at), from.begin() + static_cast<std::ptrdiff_t>(end),
                      result.begin() + static_cast<std::ptrdiff_t>(at));
        }
    }
    return result;
}

void MemoryFileSystem::setCapacity(std::uint64_t bytes) {
    const std::lock_guard lock(m_mutex);
    m_capacity = bytes;
}

std::uint64_t MemoryFileSystem::usedBytes() {
    const std::lock_guard lock(m_mutex);
    return used();
}

std::uint64_t MemoryFileSystem::used() {
    std::uint64_t sum = 0;
    for (const auto& [name, node] : m_names) {
        sum += node != nullptr ? node->bytes.size() : 0;
    }
    return sum;
}

Bytes MemoryFileSystem::contents(const Path& path) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_names.find(key(path));
    return found == m_names.end() || found->second == nullptr ? Bytes{} : found->second->bytes;
}

void MemoryFileSystem::setContents(const Path& path, Bytes bytes) {
    const std::lock_guard lock(m_mutex);
    auto node = std::make_shared<Node>();
    node->bytes = bytes;
    node->durable = std::move(bytes);
    m_names[key(path)] = node;
    m_durableNames[key(path)] = node;
}

std::vector<std::string> MemoryFileSystem::paths() {
    const std::lock_guard lock(m_mutex);
    std::vector<std::string> all;
    for (const auto& [name, node] : m_names) {
        all.push_back(name);
    }
    return all;
}

IoResult<std::unique_ptr<io::File>> MemoryFileSystem::open(const Path& path, OpenMode mode) {
    const std::lock_guard lock(m_mutex);
    const std::string name = key(path);
    auto found = m_names.find(name);
    if (found == m_names.end()) {
        if (mode == OpenMode::kRead || mode == OpenMode::kWrite) {
            return failed(IoErrc::kNotFound, path);
        }
        const std::string parent = path.lexically_normal().parent_path().string();
        if (!parent.empty() && parent != "/" && !m_names.contains(parent)) {
            return failed(IoErrc::kNotFound, path);
        }
        found = m_names.emplace(name, std::make_shared<Node>()).first;
    } else if (mode == OpenMode::kCreateNew) {
        return failed(IoErrc::kExists, path);
    }
    if (found->second == nullptr) {
        return failed(IoErrc::kNotDirectory, path);
    }
    return std::unique_ptr<io::File>(std::make_unique<OpenFile>(*this, found->second));
}

IoResult<void> MemoryFileSystem::rename(const Path& from, const Path& to) {
    const std::lock_guard lock(m_mutex);
    const std::string source = key(from);
    const std::string target = key(to);
    if (!m_names.contains(source)) {
        return failed(IoErrc::kNotFound, from);
    }
    Names moved;
    for (auto it = m_names.begin(); it != m_names.end();) {
        if (it->first == source || it->first.starts_with(source + "/")) {
            moved[target + it->first.substr(source.size())] = it->second;
            it = m_names.erase(it);
        } else {
            ++it;
        }
    }
    for (auto& [name, node] : moved) {
        m_names[name] = node;
    }
    return {};
}

IoResult<void> MemoryFileSystem::remove(const Path& path) {
    const std::lock_guard lock(m_mutex);
    const std::string name = key(path);
    for (const auto& [other, node] : m_names) {
        if (isIn(other, name)) {
            return failed(IoErrc::kIo, path);
        }
    }
    return m_names.erase(name) == 1 ? IoResult<void>{} : failed(IoErrc::kNotFound, path);
}

IoResult<std::vector<DirectoryEntry>> MemoryFileSystem::list(const Path& directory) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_names.find(key(directory));
    if (found == m_names.end()) {
        return failed(IoErrc::kNotFound, directory);
    }
    if (found->second != nullptr) {
        return failed(IoErrc::kNotDirectory, directory);
    }
    std::vector<DirectoryEntry> entries;
    for (const auto& [name, node] : m_names) {
        if (isIn(name, found->first)) {
            entries.push_back({.name = Path(name).filename().string(), .isDirectory = node == nullptr});
        }
    }
    return entries;
}

IoResult<void> MemoryFileSystem::createDirectories(const Path& directory) {
    const std::lock_guard lock(m_mutex);
    Path sofar;
    for (const Path& part : directory.lexically_normal()) {
        sofar /= part;
        if (sofar == "/" || part.empty()) {
            continue;
        }
        const auto [found, fresh] = m_names.emplace(sofar.string(), nullptr);
        if (!fresh && found->second != nullptr) {
            return failed(IoErrc::kNotDirectory, directory);
        }
    }
    return {};
}

IoResult<void> MemoryFileSystem::syncDirectory(const Path& directory) {
    const std::lock_guard lock(m_mutex);
    const std::string name = key(directory);
    // A folder that moved takes along what was durable in it: its entries are its own, not its parent's.
    std::set<const Node*> durable;
    for (const auto& [path, node] : m_durableNames) {
        durable.insert(node.get());
    }
    Names gone;
    for (const auto& [path, node] : m_durableNames) {
        if (isIn(path, name) && !m_names.contains(path)) {
            gone[path] = node;
        }
    }
    std::erase_if(m_durableNames, [&](const auto& entry) {
        return std::any_of(gone.begin(), gone.end(), [&](const auto& folder) {
            return entry.first == folder.first || entry.first.starts_with(folder.first + "/");
        });
    });
    for (const auto& [path, node] : m_names) {
        if (isIn(path, name)) {
            const bool movedIn = node == nullptr && !m_durableNames.contains(path);
            m_durableNames[path] = node;
            for (auto child = m_names.upper_bound(path + "/");
                 movedIn && child != m_names.end() && child->first.starts_with(path + "/"); ++child) {
                if (child->second != nullptr && durable.contains(child->second.get())) {
                    m_durableNames[child->first] = child->second;
                }
            }
        }
    }
    // A durable entry is found again only if the folders above it are durable too.
    if (!Path(name).parent_path().empty() && !m_durableNames.contains(name) && Path(name).parent_path() == "/") {
        m_durableNames[name] = nullptr;
    }
    return {};
}

bool MemoryFileSystem::exists(const Path& path) {
    const std::lock_guard lock(m_mutex);
    return m_names.contains(key(path));
}

IoResult<std::uint64_t> MemoryFileSystem::fileSize(const Path& path) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_names.find(key(path));
    if (found == m_names.end()) {
        return failed(IoErrc::kNotFound, path);
    }
    return static_cast<std::uint64_t>(found->second != nullptr ? found->second->bytes.size() : 0);
}

IoResult<DiskSpace> MemoryFileSystem::space(const Path& /*directory*/) {
    const std::lock_guard lock(m_mutex);
    const std::uint64_t taken = used();
    return DiskSpace{.freeBytes = m_capacity > taken ? m_capacity - taken : 0, .totalBytes = m_capacity};
}

IoResult<std::unique_ptr<io::FileLock>> MemoryFileSystem::lock(const Path& path) {
    const std::lock_guard lock(m_mutex);
    if (!m_locked.insert(key(path)).second) {
        return failed(IoErrc::kLocked, path);
    }
    m_names.emplace(key(path), std::make_shared<Node>());
    return std::unique_ptr<io::FileLock>(std::make_unique<Lock>(*this, key(path)));
}

}  // namespace weir::testing
