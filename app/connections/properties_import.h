// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/backend/connections.h"

namespace weir::app {

/// What a pasted text says about a connection: a list of addresses, or the properties of a Java client, of librdkafka,
/// or of Spring (with its prefixes, as properties or flat YAML keys). What Weir cannot use is told in `notes`.
ui::ImportedConnection importProperties(const QString& text);

}  // namespace weir::app
