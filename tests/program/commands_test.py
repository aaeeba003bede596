"""Keys, questions to peers, measurements, help and completion."""

import json
import shutil
import subprocess
import unittest

from harness import OPWIRE, ProgramTest, taken_port

NOBODY = "/ip4/127.0.0.1/tcp/1/p2p/16Uiu2HAmV8yEbbJEZ2mdKwRMbLGpHMAbiwfbtTXXDzKQHgyWLjQA"


class Keys(ProgramTest):
    def test_new_and_show_agree(self):
        made = json.loads(self.succeeds("key", "new", "--json", "key").stdout)
        self.assertEqual(json.loads(self.succeeds("key", "show", "--json", "key").stdout), made)
        self.assertTrue(made["peer_id"].startswith("16Uiu2HA"))
        self.assertRegex(made["node_id"], r"^[0-9a-f]{128}$|^[0-9a-f]{64}$")
        self.assertRegex(made["address"], r"^0x[0-9a-fA-F]{40}$")
        self.assertEqual((self.folder / "key").stat().st_mode & 0o777, 0o600)
        text = (self.folder / "key").read_text()
        self.assertRegex(text, r"\A[0-9a-f]{64}\Z")
        self.assertEqual(json.loads(self.succeeds("key", "show", "--json", "-", text="0x" + text + "\n").stdout), made)

    def test_on_standard_output(self):
        self.assertRegex(self.succeeds("key", "new", "-").stdout, r"\A[0-9a-f]{64}\n\Z")
        self.assertEqual(self.files(), [])

    def test_the_public_test_account(self):
        shown = self.succeeds("key", "show", "-", text="ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80").stdout
        self.assertRegex(shown, r"address +0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")

    def test_bad_input_overwrites_nothing(self):
        key = self.file("key", "something else")
        self.fails(2, "key file key: File exists; nothing was written", "key", "new", "key")
        self.assertEqual(key.read_text(), "something else")
        self.fails(2, "key file key: not 64 hexadecimal digits", "key", "show", "key")
        self.fails(2, "key file none: No such file", "key", "show", "none")
        self.fails(2, "standard input: ", "key", "show", "-", text="00" * 32)
        self.fails(2, "key file no/key: No such file", "key", "new", "no/key")

    def test_a_file_that_others_can_read_is_named(self):
        self.succeeds("key", "new", "key")
        (self.folder / "key").chmod(0o640)
        self.assertIn("warning: others can read key; run chmod 600 key", self.succeeds("key", "show", "key").stderr)


class Peers(ProgramTest):
    def setUp(self):
        super().setUp()
        self.listener = self.start("perf", "listen", "--json")
        self.address = json.loads(self.listener.wait_for(r"\{.*\}\n")[0])["addresses"][0]

    def test_ping(self):
        done = self.succeeds("ping", self.address, "--count", 3, "--interval", "10ms")
        self.assertRegex(done.stdout, r"\A1: [\d.]+ ms\n2: [\d.]+ ms\n3: [\d.]+ ms\n3 answers: least ")

    def test_identify(self):
        said = json.loads(self.succeeds("identify", "--json", self.address).stdout)
        self.assertEqual(self.address.split("/p2p/")[1], said["peer_id"])
        self.assertEqual((said["agent"], said["security"], said["muxer"]), ("opwire", "/noise", "/yamux/1.0.0"))
        self.assertIn("/perf/1.0.0", said["protocols"])
        self.assertIn(self.address.split("/p2p/")[0], said["addresses"])
        self.assertRegex(self.succeeds("identify", self.address).stdout, r"agent +opwire\n")

    def test_perf(self):
        done = self.succeeds("perf", "dial", self.address, "--upload", "8MiB", "--download", "3000000", "--streams", 3, "--setups", 20,
                             "--in-flight", 4, "--json")
        upload, download, setups = map(json.loads, done.stdout.splitlines())
        self.assertEqual((upload["test"], upload["bytes"]), ("upload", 8 << 20))
        self.assertEqual((download["test"], download["bytes"]), ("download", 3_000_000))
        self.assertEqual((setups["test"], setups["count"]), ("setups", 20))
        for line in (upload, download, setups):
            self.assertGreater(line["seconds"], 0)
            self.assertGreater(line["cpu_seconds"], 0)
        self.assertRegex(self.succeeds("perf", "dial", self.address, "--upload", "1MiB").stdout, r"upload +1.0 MiB in .*per CPU-second")
        self.assertEqual(self.listener.stop(), 0)

    def test_another_identity_than_asked_for(self):
        other = self.address.split("/p2p/")[0] + "/p2p/" + NOBODY.split("/p2p/")[1]
        self.fails(1, other, "ping", other)


class NoPeers(ProgramTest):
    def test_nobody_there(self):
        for command in (["ping"], ["identify"], ["perf", "dial"]):
            self.fails(1, NOBODY, *command, NOBODY)

    def test_bad_addresses(self):
        for command in (["ping"], ["identify"], ["perf", "dial"]):
            self.fails(2, "'1.2.3.4:80'", *command, "1.2.3.4:80")
            self.fails(2, "does not end in /p2p/ID", *command, "/ip4/127.0.0.1/tcp/9222")

    def test_bad_flags(self):
        self.fails(2, "--count: must be at least 1", "ping", NOBODY, "--count", 0)
        self.fails(2, "--interval: 'x'", "ping", NOBODY, "--interval", "x")
        self.fails(2, "--upload: 'much'", "perf", "dial", NOBODY, "--upload", "much")
        self.fails(2, "--streams: 1 to 1000", "perf", "dial", NOBODY, "--streams", 0)
        self.fails(2, "--listen: 'here'", "perf", "listen", "--listen", "here")

    def test_a_port_in_use(self):
        port = taken_port(self)
        self.fails(2, f"--listen /ip4/127.0.0.1/tcp/{port}: ", "perf", "listen", "--listen", f"/ip4/127.0.0.1/tcp/{port}")


class Help(ProgramTest):
    COMMANDS = ("run", "top", "devnet", "key", "key new", "key show", "payload", "payload show", "payload verify", "payload sign",
                "payload publish", "ping", "identify", "perf", "perf listen", "perf dial", "completion", "bootnode", "discover", "fetch",
                "enr", "enr show", "enr make", "archive", "archive ls", "archive show", "archive export", "archive verify", "peers", "peers ls",
                "peers show", "peers ban", "peers unban", "peers export", "peers import")

    def test_help_and_version(self):
        self.assertIn("Exit codes: 0 done; 1 it was tried and failed; 2", self.succeeds("--help").stdout)
        self.assertRegex(self.succeeds("--version").stdout, r"^opwire \d+\.\d+\.\d+\n$")
        for command in self.COMMANDS:
            self.assertIn("Usage: opwire " + command, self.succeeds(*command.split(), "--help").stdout)

    def test_no_or_unknown_command(self):
        self.fails(2, "opwire --help")
        self.fails(2, "'paylaod' is not known to opwire; did you mean payload?", "paylaod")
        self.fails(2, "opwire payload --help", "payload")
        self.fails(2, "--blocsk' is not known to opwire devnet; did you mean --blocks?", "devnet", "--blocsk", 1)

    def test_completion_in_bash(self):
        script = self.file("opwire.bash", self.succeeds("completion", "bash").stdout)

        def complete(*words):
            code = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _opwire; printf "%s\\n" "${COMPREPLY[@]}"'
            done = subprocess.run(["bash", "-c", code, "bash", script, "opwire", *words], capture_output=True, text=True, timeout=20,
                                  check=True, cwd=self.folder)
            return set(done.stdout.split())

        self.assertEqual(complete(""), {command for command in self.COMMANDS if " " not in command} | {"--help", "--version"})
        self.assertEqual(complete("payload", "s"), {"show", "sign"})
        self.assertEqual(complete("run", "--p2p.listen."), {"--p2p.listen.ip", "--p2p.listen.tcp", "--p2p.listen.udp"})
        self.assertIn("op-sepolia", complete("run", "--network", "op-"))
        self.assertEqual(complete("devnet", "--fork", "ec"), {"ecotone"})
        self.assertEqual(complete("key", "show", "opw"), {"opwire.bash"})
        self.assertEqual(complete("run", "--rollup.config", "opw"), {"opwire.bash"})

    def test_completion_is_valid_in_the_other_shells(self):
        for shell, check in (("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])):
            script = self.file("script", self.succeeds("completion", shell).stdout)
            self.assertIn("publish", script.read_text())
            if shutil.which(shell):
                subprocess.run([*check, script], check=True, timeout=20)
        self.fails(2, "'tcsh' is no shell known here", "completion", "tcsh")

    def test_a_closed_pipe_is_no_crash(self):
        done = subprocess.run(["bash", "-c", f"{OPWIRE} run --help | head -n 1"], capture_output=True, text=True, timeout=20, check=True)
        self.assertEqual(done.stdout.count("\n"), 1)
        self.assertEqual(done.stderr, "")


if __name__ == "__main__":
    unittest.main()
