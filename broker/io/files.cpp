// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/io/files.h"

namespace weir::io {

IoResult<Bytes> readWholeFile(FileSystem& fileSystem, const Path& path) {
    auto file = fileSystem.open(path, OpenMode::kRead);
    if (!file) {
        return fail(std::move(file).error());
    }
    const auto size = (*file)->size();
    if (!size) {
        return fail(size.error());
    }
    Bytes bytes(static_cast<std::size_t>(*size));
    const auto got = (*file)->read(FilePosition{0}, bytes);
    if (!got) {
        return fail(got.error());
    }
    bytes.resize(*got);
    return bytes;
}

IoResult<void> replaceFile(FileSystem& fileSystem, const Path& path, ByteView bytes) {
    Path temporary = path;
    temporary += ".tmp";
    {
        auto file = fileSystem.open(temporary, OpenMode::kCreate);
        if (!file) {
            return fail(std::move(file).error());
        }
        if (auto done = (*file)->truncate(FilePosition{0}); !done) {
            return done;
        }
        if (auto done = (*file)->write(FilePosition{0}, bytes); !done) {
            return done;
        }
        if (auto done = (*file)->sync(); !done) {
            return done;
        }
    }
    if (auto done = fileSystem.rename(temporary, path); !done) {
        return done;
    }
    return fileSystem.syncDirectory(path.parent_path());
}

IoResult<void> removeTree(FileSystem& fileSystem, const Path& path) {
    const auto entries = fileSystem.list(path);
    if (entries) {
        for (const DirectoryEntry& entry : *entries) {
            const Path child = path / entry.name;
            if (auto done = entry.isDirectory ? removeTree(fileSystem, child) : fileSystem.remove(child);
                !done && done.error().code != IoErrc::kNotFound) {
                return done;
            }
        }
    } else if (entries.error().code == IoErrc::kNotFound) {
        return {};
    } else if (entries.error().code != IoErrc::kNotDirectory) {
        return fail(entries.error());
    }
    if (auto done = fileSystem.remove(path); !done && done.error().code != IoErrc::kNotFound) {
        return done;
    }
    return {};
}

Path freeName(FileSystem& fileSystem, const Path& directory, const std::string& name) {
    Path candidate = directory / name;
    for (int i = 1; fileSystem.exists(candidate); ++i) {
        candidate = directory / (name + "." + std::to_string(i));
    }
    return candidate;
}

IoResult<Path> moveInto(FileSystem& fileSystem, const Path& file, const Path& directory) {
    if (auto done = fileSystem.createDirectories(directory); !done) {
        return fail(std::move(done).error());
    }
    Path target = freeName(fileSystem, directory, file.filename().string());
    if (auto done = fileSystem.rename(file, target); !done) {
        return fail(std::move(done).error());
    }
    return target;
}

}  // namespace weir::io
