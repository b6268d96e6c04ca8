// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/model/log_folder.h"

namespace weir {

std::string FolderDamage::sentence() const {
    std::string text = file;
    if (bytes > 0) {
        text += ", from byte " + std::to_string(position) + " on, " + std::to_string(bytes) +
                (bytes == 1 ? " byte" : " bytes");
    } else if (position > 0) {
        text += ", at byte " + std::to_string(position);
    }
    text += ": " + what + '.';
    if (next == kUnknownEnd) {
        text += " Whatever followed from offset " + std::to_string(first.value) + " on is missing.";
    } else if (hidesRecords()) {
        text += next - first == 1 ? " Offset " + std::to_string(first.value) + " cannot be read."
                                  : " Offsets " + std::to_string(first.value) + " to " +
                                        std::to_string(next.value - 1) + " cannot be read.";
    }
    return text;
}

}  // namespace weir
