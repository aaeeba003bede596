#include "opwire/opstack/payload/execution_payload.hpp"

#include "opwire/opstack/payload/errors.hpp"

namespace opwire::opstack {

Result<WithdrawalList> WithdrawalList::make(std::vector<Withdrawal> withdrawals) {
  if (withdrawals.size() > kMaxCount) return errors::kTooManyWithdrawals;
  WithdrawalList list;
  list.items_ = std::move(withdrawals);
  return list;
}

}  // namespace opwire::opstack
