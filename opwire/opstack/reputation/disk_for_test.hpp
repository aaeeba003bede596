// What stands on the disk when every change of the journal is written.
#pragma once

#include <map>

#include "opwire/opstack/reputation/journal.hpp"

namespace opwire::opstack::reputation {

class Disk {
 public:
  using Entries = std::map<Bytes, Bytes>;

  void write(Journal& journal, std::size_t max) {
    for (const Change& change : journal.take_changes(max)) {
      Entries& entries = tables_[change.table];
      if (change.now) {
        entries[change.key] = change.now->value;
      } else {
        entries.erase(change.key);
      }
    }
  }
  void write_all(Journal& journal) {
    while (journal.waiting() > 0) write(journal, 7);
  }
  const Entries& entries(Table table) { return tables_[table]; }

 private:
  std::map<Table, Entries> tables_;
};

}  // namespace opwire::opstack::reputation
