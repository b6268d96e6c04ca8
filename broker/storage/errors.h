// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/base/result.h"
#include "broker/io/file_system.h"

namespace weir::storage {

enum class StorageErrc {
    kDiskFull,          ///< No space. Nothing was changed; the same call succeeds once there is room.
    kIo,                ///< The disk failed.
    kOffline,           ///< An earlier failure left the log in an unknown state; it serves nothing until a restart.
    kCorrupt,           ///< Stored bytes are damaged where they were needed.
    kOffsetOutOfRange,  ///< Before the log start, or after the end.
    kTooLarge,          ///< A batch that fits no segment.
    kLocked,            ///< Another process uses the data folder.
    kForeign,           ///< A file or folder that is not what its name says.
};

using StorageError = Error<StorageErrc>;
template <class T>
using StorageResult = Result<T, StorageError>;

/// An error of the disk in the words of the log.
[[nodiscard]] inline StorageError fromIo(const io::IoError& error) {
    switch (error.code) {
        case io::IoErrc::kDiskFull:
            return {StorageErrc::kDiskFull, error.message};
        case io::IoErrc::kLocked:
            return {StorageErrc::kLocked, error.message};
        default:
            return {StorageErrc::kIo, error.message};
    }
}

}  // namespace weir::storage
