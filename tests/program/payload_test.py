"""Blocks in files: the recorded frames of op-node, and the one real signed block."""

import json
import unittest

from harness import SIGNER, SIGNER_KEY, ProgramTest, recorded

OLD_ENOUGH = "100000h"


class Recorded(ProgramTest):
    def setUp(self):
        super().setUp()
        self.frames = recorded("opnode_accepted_frames.json")["frames"]

    def chain(self, frame):
        return ["--rollup.config", self.rollup_config(frame["fork"]), "--p2p.unsafe.block.signer", SIGNER]

    def test_every_frame_is_accepted_in_its_time(self):
        for frame in self.frames:
            done = self.succeeds("payload", "verify", "-", *self.chain(frame), "--at", frame["timestamp"], text=frame["wire"])
            self.assertEqual(done.stdout, f"ACCEPT block {frame['number']} {frame['hash']}, signed by {SIGNER}\n")

    def test_every_form_shows_the_same_block(self):
        block = recorded("real_op_sepolia_v3_signed_block_9427873.json")
        body = block["decoded_hex"].removeprefix("0x")
        (self.folder / "body").write_bytes(bytes.fromhex(body))
        forms = {"signed body": body, "SSZ": "0x" + body[2 * 65:],
                 "JSON": self.succeeds("payload", "show", "--json", "body").stdout}
        frame = self.succeeds("payload", "sign", "body", "--network", "op-sepolia", "--p2p.sequencer.key", SIGNER_KEY).stdout
        forms["gossip frame"] = frame
        for form, text in forms.items():
            shown = self.succeeds("payload", "show", "-", text=text).stdout
            self.assertRegex(shown, rf"form +{form}\n")
            self.assertRegex(shown, rf"hash +{block['block_hash']}\nhash is right +yes")
        self.assertEqual(json.loads(forms["JSON"])["executionPayload"]["blockHash"], block["block_hash"])

    def test_what_fails_is_named(self):
        frame = self.frames[-1]
        chain, at = self.chain(frame), ["--at", "block"]
        other = [*chain[:3], "0x" + "11" * 20]
        cases = {
            "REJECT block.too_old": (frame["wire"], chain, ["--at", frame["timestamp"] + 61]),
            "REJECT block.too_new": (frame["wire"], chain, ["--at", frame["timestamp"] - 6]),
            "REJECT block.wrong_signer": (frame["wire"], other, at),
            "IGNORE block.no_signer_configured": (frame["wire"], chain[:2], at),
        }
        for expected, (text, flags, when) in cases.items():
            done = self.run_program("payload", "verify", "-", *flags, *when, text=text)
            self.assertEqual(done.returncode, 1)
            self.assertTrue(done.stdout.startswith(expected), done.stdout)

    def test_signing_gives_the_recorded_frame(self):
        frame = self.frames[-1]
        json_form = self.succeeds("payload", "show", "--json", "-", text=frame["wire"]).stdout
        flags = [*self.chain(frame)[:2], "--p2p.sequencer.key", SIGNER_KEY]
        signed = self.succeeds("payload", "sign", "-", *flags, text=json_form).stdout
        self.succeeds("payload", "verify", "-", *self.chain(frame), "--at", "block", text=signed)
        shown = (self.succeeds("payload", "show", "-", text=text).stdout for text in (frame["wire"], signed))
        self.assertEqual(*shown)  # its signature too
        self.succeeds("payload", "sign", "-", *flags, "--out", "frame", text=json_form)
        self.assertEqual("0x" + (self.folder / "frame").read_bytes().hex(), signed.strip())
        self.fails(2, "frame: File exists", "payload", "sign", "-", *flags, "--out", "frame", text=json_form)

    def test_the_real_block(self):
        block = recorded("real_op_sepolia_v3_signed_block_9427873.json")
        for at in (block["timestamp"], "block"):
            done = self.succeeds("payload", "verify", "-", "--network", "op-sepolia", "--at", at, text=block["decoded_hex"])
            self.assertIn(f"ACCEPT block {block['block_number']} {block['block_hash']}", done.stdout)
        done = self.run_program("payload", "verify", "-", "--network", "op-mainnet", "--at", "block", text=block["decoded_hex"])
        self.assertEqual((done.returncode, done.stdout.split(":")[0]), (1, "REJECT block.wrong_signer"))

    def test_publishing_reaches_a_node_that_follows(self):
        frame = self.frames[-1]
        age = ["--p2p.gossip.timestamp.threshold", OLD_ENOUGH]
        node = self.start("run", *self.chain(frame), *age, "--p2p.listen.ip", "127.0.0.1", "--p2p.listen.tcp", 0, "--feed", "-")
        flags = [*self.chain(frame), "--p2p.static", node.wait_for(r"addresses=(\S+)", "stderr")[1], "--linger", "1s"]
        (self.folder / "frame").write_bytes(bytes.fromhex(frame["wire"][2:]))
        done = self.succeeds("payload", "publish", "frame", *flags, *age)
        self.assertEqual(done.stdout, f"published block {frame['number']} {frame['hash']} on {frame['topic']} to 1 mesh peers\n")
        self.assertEqual(json.loads(node.wait_for(r"\{.*\}\n")[0])["hash"], frame["hash"])

        unsigned = self.file("block.json", self.succeeds("payload", "show", "--json", "frame").stdout)
        self.fails(2, "has no signature; give --p2p.sequencer.key", "payload", "publish", unsigned, *flags, *age)
        refused = self.run_program("payload", "publish", unsigned, *flags, "--p2p.sequencer.key", SIGNER_KEY)
        self.assertEqual((refused.returncode, refused.stdout.split(":")[0]), (1, "REJECT block.too_old"), refused.stderr)
        self.assertEqual(node.stop(), 0)

    def test_publishing_to_nobody_ends_in_time(self):
        frame = self.frames[-1]
        nobody = "/ip4/127.0.0.1/tcp/1/p2p/16Uiu2HAmV8yEbbJEZ2mdKwRMbLGpHMAbiwfbtTXXDzKQHgyWLjQA"
        self.fails(1, "no peer took us into the mesh", "payload", "publish", "-", *self.chain(frame), "--p2p.static", nobody,
                   "--wait", "300ms", text=frame["wire"], logs=True)

    def test_bad_input(self):
        frame = self.frames[0]
        chain = self.chain(frame)
        self.fails(2, "none: No such file", "payload", "show", "none")
        self.fails(2, "-: empty", "payload", "show", "-", text=" \n")
        self.fails(2, "-: no block: as a gossip frame", "payload", "show", "-", text="hello")
        self.fails(2, "-: no block: as a gossip frame", "payload", "show", "-", text="0x00ff")
        self.fails(2, "-: ", "payload", "show", "-", text='{"parentHash": 1}')
        self.fails(2, "no signature to verify", "payload", "verify", "-", *chain, text=self.succeeds("payload", "show", "--json", "-", text=frame["wire"]).stdout)
        self.fails(2, "--at: 'noon'", "payload", "verify", "-", *chain, "--at", "noon", text=frame["wire"])
        self.fails(2, "--p2p.sequencer.key: ", "payload", "sign", "-", *chain, "--p2p.sequencer.key", "12", text=frame["wire"])
        self.fails(2, "no chain: give --network NAME or --rollup.config FILE", "payload", "verify", "-", text=frame["wire"])
        self.fails(2, "--linger: 'soon'", "payload", "publish", "-", *chain, "--p2p.static",
                   "/ip4/127.0.0.1/tcp/1/p2p/16Uiu2HAmV8yEbbJEZ2mdKwRMbLGpHMAbiwfbtTXXDzKQHgyWLjQA", "--linger", "soon",
                   text=frame["wire"])


if __name__ == "__main__":
    unittest.main()
