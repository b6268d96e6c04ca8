// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/net/port_owner.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <vector>

namespace weir::server {

namespace {

/// The socket inodes that listen on `port`: fields 2 (local address), 4 (state) and 10 (inode) of /proc/net/tcp.
void collectInodes(const char* table, std::uint16_t port, std::set<std::string>& inodes) {
    constexpr std::size_t kLocal = 1;
    constexpr std::size_t kState = 3;
    constexpr std::size_t kInode = 9;
    constexpr std::string_view kListen = "0A";
    std::ifstream in(table);
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        std::istringstream fields(line);
        std::vector<std::string> words;
        for (std::string word; words.size() <= kInode && fields >> word;) {
            words.push_back(word);
        }
        if (words.size() <= kInode || words[kState] != kListen) {
            continue;
        }
        const std::string hex = words[kLocal].substr(words[kLocal].find(':') + 1);
        std::uint16_t found = 0;
        std::from_chars(hex.data(), hex.data() + hex.size(), found, 16);
        if (found == port) {
            inodes.insert("socket:[" + words[kInode] + "]");
        }
    }
}

bool holdsOneOf(const std::filesystem::path& process, const std::set<std::string>& inodes) {
    std::error_code error;
    for (std::filesystem::directory_iterator at(process / "fd", error), end; !error && at != end; at.increment(error)) {
        std::error_code unreadable;
        if (inodes.contains(std::filesystem::read_symlink(at->path(), unreadable).string())) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::optional<PortOwner> findPortOwner(std::uint16_t port) {
    std::set<std::string> inodes;
    collectInodes("/proc/net/tcp", port, inodes);
    collectInodes("/proc/net/tcp6", port, inodes);
    if (inodes.empty()) {
        return std::nullopt;
    }
    std::error_code error;
    for (std::filesystem::directory_iterator at("/proc", error), end; !error && at != end; at.increment(error)) {
        const std::string name = at->path().filename().string();
        PortOwner owner;
        const auto [stop, bad] = std::from_chars(name.data(), name.data() + name.size(), owner.pid);
        if (bad != std::errc{} || stop != name.data() + name.size() || !holdsOneOf(at->path(), inodes)) {
            continue;
        }
        std::ifstream comm(at->path() / "comm");
        std::getline(comm, owner.process);
        return owner;
    }
    return std::nullopt;
}

}  // namespace weir::server
