#pragma once

#include "opwire/base/error.hpp"

// What SSZ that a peer sent can be refused for. op-node answers every one of them with REJECT.
namespace opwire::opstack::errors {
inline constexpr ErrorKind kBodyTooShort{"payload.body_too_short", "gossip body is shorter than a signature",
                                         Consequence::kPenalise};
inline constexpr ErrorKind kBeaconRootMissing{
    "payload.beacon_root_missing", "data end before the parent beacon block root does", Consequence::kPenalise};
inline constexpr ErrorKind kPayloadTooShort{"payload.too_short", "payload is shorter than its version's fixed fields",
                                            Consequence::kPenalise};
inline constexpr ErrorKind kExtraDataOffset{
    "payload.extra_data_offset", "extra data do not follow this version's fixed fields", Consequence::kPenalise};
inline constexpr ErrorKind kExtraDataTooLong{"payload.extra_data_too_long", "extra data are longer than 32 bytes",
                                             Consequence::kPenalise};
inline constexpr ErrorKind kTransactionsOffset{"payload.transactions_offset",
                                               "transactions begin before the extra data", Consequence::kPenalise};
inline constexpr ErrorKind kTransactionsOutOfScope{
    "payload.transactions_out_of_scope", "transactions begin after the end of the data", Consequence::kPenalise};
inline constexpr ErrorKind kWithdrawalsOffset{"payload.withdrawals_offset", "withdrawals begin before the transactions",
                                              Consequence::kPenalise};
inline constexpr ErrorKind kWithdrawalsOutOfScope{
    "payload.withdrawals_out_of_scope", "withdrawals begin after the end of the data", Consequence::kPenalise};
inline constexpr ErrorKind kTransactionListTooShort{
    "payload.transaction_list_too_short", "transaction list is shorter than one offset", Consequence::kPenalise};
inline constexpr ErrorKind kFirstTransactionMisaligned{"payload.first_transaction_misaligned",
                                                       "first transaction offset is not a multiple of four",
                                                       Consequence::kPenalise};
inline constexpr ErrorKind kFirstTransactionOutOfScope{"payload.first_transaction_out_of_scope",
                                                       "first transaction begins after the end of the list",
                                                       Consequence::kPenalise};
inline constexpr ErrorKind kFirstTransactionZero{
    "payload.first_transaction_zero", "transaction list has bytes but no transactions", Consequence::kPenalise};
inline constexpr ErrorKind kTooManyTransactions{"payload.too_many_transactions", "more than 2^20 transactions",
                                                Consequence::kPenalise};
inline constexpr ErrorKind kTransactionsTooLarge{
    "payload.transactions_too_large", "transactions are larger than a payload can hold", Consequence::kPenalise};
inline constexpr ErrorKind kTransactionOffsetsDecrease{"payload.transaction_offsets_decrease",
                                                       "a transaction ends before it begins", Consequence::kPenalise};
inline constexpr ErrorKind kTransactionOutOfScope{
    "payload.transaction_out_of_scope", "a transaction reaches over the end of the list", Consequence::kPenalise};
inline constexpr ErrorKind kWithdrawalsLength{"payload.withdrawals_length",
                                              "withdrawal list is not a multiple of 44 bytes", Consequence::kPenalise};
inline constexpr ErrorKind kTooManyWithdrawals{"payload.too_many_withdrawals", "more than 16 withdrawals",
                                               Consequence::kPenalise};
inline constexpr ErrorKind kBlockHash{"payload.block_hash", "block hash is not the hash of the header",
                                      Consequence::kPenalise};
}  // namespace opwire::opstack::errors
