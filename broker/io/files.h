// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "broker/io/file_system.h"

/// Whole-file moves for small files: checkpoints, markers, snapshots.
namespace weir::io {

[[nodiscard]] IoResult<Bytes> readWholeFile(FileSystem& fileSystem, const Path& path);

/// After success `path` holds exactly `bytes`, on stable storage; after a failure or a crash it holds either the old
/// or the new content, whole. Writes `path` + ".tmp", syncs, renames over, syncs the folder.
IoResult<void> replaceFile(FileSystem& fileSystem, const Path& path, ByteView bytes);

/// Removes `path` and everything below. A thing already gone is no error.
IoResult<void> removeTree(FileSystem& fileSystem, const Path& path);

/// Moves a file by name into `directory`, which is made if absent; a taken name gets ".1", ".2", … appended.
/// Returns where it stands now.
[[nodiscard]] IoResult<Path> moveInto(FileSystem& fileSystem, const Path& file, const Path& directory);

/// A name in `directory` that is not taken: `name`, or `name` with ".1", ".2", … appended.
[[nodiscard]] Path freeName(FileSystem& fileSystem, const Path& directory, const std::string& name);

}  // namespace weir::io
