using System.Globalization;
using System.Net.Sockets;
using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Native;
using Xunit;

namespace BridgeNet.Kernel.Tests.Namespaces;

public sealed class ContainerViewTests(PrivateNamespace sandbox) : IClassFixture<PrivateNamespace>
{
    private const string Space = "/run/bridgenet/netns/c1",
        Etc = "/run/bridgenet/etc/c1",
        Fifo = "/run/go";

    [Fact]
    public void A_program_sees_the_containers_files_and_host_name_and_the_machine_keeps_its_own() =>
        InSpace(
            (ns, files) =>
            {
                string[] machine = [File.ReadAllText("/etc/hosts"), File.ReadAllText("/etc/resolv.conf"), Environment.MachineName];
                files.Write(Ours("172.18.0.3 c2 db"), Ours("nameserver 192.0.2.53"));
                ContainerView view = new() { EtcDirectory = Etc, Hostname = "h1" };
                Assert.Equal(Ours("172.18.0.3 c2 db"), Run(ns, view, "cat", "/etc/hosts"));
                Assert.Equal(Ours("nameserver 192.0.2.53"), Run(ns, view, "cat", "/etc/resolv.conf"));
                Assert.Equal("h1\n", Run(ns, view, "uname", "-n"));
                Assert.StartsWith("172.18.0.3 ", Run(ns, view, "getent", "-s", "files", "hosts", "c2"));
                Assert.StartsWith("172.18.0.3 ", Run(ns, view, "getent", "-s", "files", "ahosts", "db"));
                Assert.Equal(
                    machine,
                    (string[])[File.ReadAllText("/etc/hosts"), File.ReadAllText("/etc/resolv.conf"), Environment.MachineName]
                );
                Assert.Equal(machine[0], Run(ns, null, "cat", "/etc/hosts"));
            }
        );

    [Fact]
    public void Missing_settings_come_from_the_machine() =>
        InSpace(
            (ns, _) =>
            {
                Assert.Equal(File.ReadAllText("/etc/hosts"), Run(ns, new() { EtcDirectory = "/run/nowhere" }, "cat", "/etc/hosts"));
                Assert.Equal(Environment.MachineName + "\n", Run(ns, new() { EtcDirectory = null }, "uname", "-n"));
                Directory.CreateDirectory(Etc);
                File.WriteAllText($"{Etc}/no-such-file-in-etc", "x");
                File.CreateSymbolicLink($"{Etc}/hosts", "/run/nowhere");
                Directory.CreateDirectory($"{Etc}/resolv.conf");
                Assert.Equal(File.ReadAllText("/etc/hosts"), Run(ns, new() { EtcDirectory = Etc }, "cat", "/etc/hosts"));
                Assert.Equal(File.ReadAllText("/etc/resolv.conf"), Run(ns, new() { EtcDirectory = Etc }, "cat", "/etc/resolv.conf"));
                Assert.False(File.Exists("/etc/no-such-file-in-etc"));
            }
        );

    [Fact]
    public void Other_files_of_an_admin_are_bound_as_ip_netns_exec_does() =>
        InSpace(
            (ns, _) =>
            {
                Directory.CreateDirectory(Etc);
                File.WriteAllText($"{Etc}/nsswitch.conf", "hosts: files\n");
                Assert.Equal("hosts: files\n", Run(ns, new() { EtcDirectory = Etc }, "cat", "/etc/nsswitch.conf"));
            }
        );

    [Fact]
    public void It_is_what_ip_netns_exec_shows() =>
        InSpace(
            (_, _) =>
            {
                Assert.SkipWhen(ProgramPath.Find("ip") is null, "iproute2 is not installed");
                // An /etc that nobody outside sees, for there is only one place where ip looks.
                Directory.CreateDirectory("/run/etc");
                foreach (string file in new[] { "hosts", "resolv.conf", "nsswitch.conf" }.Where(file => File.Exists($"/etc/{file}")))
                    File.Copy($"/etc/{file}", $"/run/etc/{file}");
                Syscalls.BindMount("/run/etc", "/etc");
                try
                {
                    using NetworkNamespace ns = NetworkNamespace.Create("/run/netns/n1");
                    ContainerFiles files = new("/etc/netns/n1");
                    files.Write(Ours("172.18.0.3 c2"), Ours("nameserver 192.0.2.53"));
                    string[] program = ["sh", "-c", "cat /etc/hosts /etc/resolv.conf; getent -s files hosts c2; ls /sys/class/net"];
                    (int code, string output, string error) = ProcessOutput.Of(["ip", "netns", "exec", "n1", .. program]);
                    Assert.SkipWhen(code != 0, "ip gives up where it may not mount /sys");
                    Assert.Equal(output + error, Run(ns, new() { EtcDirectory = files.Location }, program[0], program[1..]));
                }
                finally
                {
                    NetworkNamespace.Delete("/run/netns/n1");
                    Syscalls.UnmountDetach("/etc");
                    Directory.Delete("/run/etc", recursive: true);
                }
            }
        );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_running_program_sees_an_update_and_one_after_a_rename(bool rename) =>
        InSpace(
            (ns, files) =>
            {
                files.Write(Ours("172.18.0.3 c2"), Ours("a"));
                List<string> lines = [];
                NamespaceProcess.Run(
                    ns,
                    "sh",
                    [
                        "-c",
                        $"getent hosts c2; getent -s files hosts c3; echo ready; read go <{Fifo}; getent hosts c2; getent hosts c3; tail -n 1 /etc/resolv.conf",
                    ],
                    line =>
                    {
                        lines.Add(line.Split(' ')[0]);
                        if (line != "ready")
                            return;
                        IContainerFiles now = rename ? files.MoveTo("/run/bridgenet/etc/c1-renamed") : files;
                        now.Write(Ours("172.18.0.33 c2\n172.18.0.4 c3"), Ours("b"));
                        File.WriteAllText(Fifo, "go\n");
                    },
                    Fail,
                    TestContext.Current.CancellationToken,
                    new() { EtcDirectory = Etc }
                );
                Assert.Equal(["172.18.0.3", "ready", "172.18.0.33", "172.18.0.4", "b"], lines);
                new ContainerFiles("/run/bridgenet/etc/c1-renamed").Remove();
            }
        );

    [Fact]
    public void Removing_the_files_takes_nothing_from_a_running_program() =>
        InSpace(
            (ns, files) =>
            {
                files.Write(Ours("172.18.0.3 c2"), Ours("a"));
                List<string> lines = [];
                NamespaceProcess.Run(
                    ns,
                    "sh",
                    ["-c", $"echo ready; read go <{Fifo}; tail -n 1 /etc/hosts"],
                    line =>
                    {
                        lines.Add(line);
                        if (line != "ready")
                            return;
                        files.Remove();
                        File.WriteAllText(Fifo, "go\n");
                    },
                    Fail,
                    TestContext.Current.CancellationToken,
                    new() { EtcDirectory = Etc }
                );
                Assert.Equal(["ready", "172.18.0.3 c2"], lines);
            }
        );

    [Fact]
    public void Sys_shows_the_containers_interfaces_and_keeps_what_is_mounted_below() =>
        InSpace(
            (ns, _) =>
            {
                string[] below =
                [
                    .. MountPoint
                        .ReadOwn()
                        .Select(mount => mount.Target)
                        .Where(target => target.StartsWith("/sys/", StringComparison.Ordinal)),
                ];
                List<string> steps = [];
                string[] shown = Run(ns, new() { Trace = steps.Add }, "sh", "-c", "ls /sys/class/net; cut -d' ' -f5 /proc/self/mountinfo")
                    .TrimEnd()
                    .Split('\n');
                // Where the kernel gives no sysfs, the machine's is still there: the fixture's class.
                string[] expected =
                    steps.Exists(step => step.StartsWith("mount --rbind", StringComparison.Ordinal)) || below.Length == 0
                        ? ["lo"]
                        :
                        [
                            .. Directory
                                .GetFileSystemEntries("/sys/class/net")
                                .Select(path => Path.GetFileName(path))
                                .Order(StringComparer.Ordinal),
                        ];
                Assert.Equal(expected, shown.TakeWhile(line => line[0] != '/'));
                Assert.Equal(below.Order(), shown.Where(target => target.StartsWith("/sys/", StringComparison.Ordinal)).Distinct().Order());
            }
        );

    [Fact]
    public void Resolvers_of_the_host_that_answer_over_a_socket_are_out_of_reach() =>
        InSpace(
            (ns, files) =>
            {
                files.Write(Ours(""), Ours(""));
                string[] paths = ["/run/nscd/socket", "/run/systemd/resolve/io.systemd.Resolve"];
                foreach (string path in paths)
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    socket.Bind(new UnixDomainSocketEndPoint(path));
                    Assert.Equal("socket\n", Run(ns, null, "stat", "-c", "%F", path));
                    Assert.Equal("character special file\n", Run(ns, new() { EtcDirectory = Etc }, "stat", "-c", "%F", path));
                    Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
                }
                Directory.Delete("/run/systemd");
            }
        );

    [Fact]
    public void Nothing_spreads_out_of_it_and_what_the_host_mounts_and_unmounts_comes_in() =>
        InSpace(
            (ns, files) =>
            {
                files.Write(Ours("x"), Ours("y"));
                Directory.CreateDirectory("/run/disk");
                string[] before = Mounts(),
                    during = [];
                List<string> lines = [];
                Syscalls.MakeShared("/"); // of the fixture's own mount namespace, as the root of most machines is
                NamespaceProcess.Run(
                    ns,
                    "sh",
                    ["-c", $"echo ready; read go <{Fifo}; ls /run/disk; echo again; read go <{Fifo}; ls /run/disk; echo end"],
                    line =>
                    {
                        lines.Add(line);
                        if (line == "ready")
                        {
                            during = Mounts();
                            Syscalls.BindMount("/etc", "/run/disk");
                            File.WriteAllText(Fifo, "go\n");
                        }
                        else if (line == "again")
                        {
                            Syscalls.UnmountDetach("/run/disk");
                            File.WriteAllText(Fifo, "go\n");
                        }
                    },
                    Fail,
                    TestContext.Current.CancellationToken,
                    new() { EtcDirectory = Etc, Hostname = "h1" }
                );
                Assert.Equal(before, during);
                Assert.Contains("hosts", lines.TakeWhile(line => line != "again"));
                Assert.Equal(["again", "end"], lines.SkipWhile(line => line != "again"));
                Directory.Delete("/run/disk");
            }
        );

    [Fact]
    public void A_running_program_does_not_keep_the_namespace_of_another_container_alive() =>
        InSpace(
            (ns, files) =>
            {
                const string other = "/run/bridgenet/netns/c2";
                NetworkNamespace.Create(other).Dispose();
                List<string> lines = [];
                NamespaceProcess.Run(
                    ns,
                    "sh",
                    ["-c", $"grep -c {other} /proc/self/mountinfo; read go <{Fifo}; grep -c {other} /proc/self/mountinfo; true"],
                    line =>
                    {
                        lines.Add(line);
                        if (line != "1")
                            return;
                        NetworkNamespace.Delete(other);
                        File.WriteAllText(Fifo, "go\n");
                    },
                    Fail,
                    TestContext.Current.CancellationToken,
                    new()
                );
                Assert.Equal(["1", "0"], lines);
            }
        );

    [Fact]
    public void A_failure_half_way_leaves_no_mount_and_starts_nothing() =>
        InSpace(
            (ns, files) =>
            {
                files.Write(Ours("x"), Ours("y"));
                List<string> all = [];
                Run(
                    ns,
                    new()
                    {
                        EtcDirectory = Etc,
                        Hostname = "h1",
                        Trace = all.Add,
                    },
                    "true"
                );
                Assert.Contains($"mount --bind {Etc}/hosts /etc/hosts", all);
                string[] before = Mounts();
                for (int deadly = 0; deadly < all.Count; deadly++)
                {
                    int step = 0;
                    Assert.Throws<InvalidDataException>(() =>
                        Run(
                            ns,
                            new()
                            {
                                EtcDirectory = Etc,
                                Hostname = "h1",
                                Trace = _ => Break(step++ == deadly),
                            },
                            "touch",
                            "/run/started"
                        )
                    );
                    Assert.Equal(before, Mounts());
                }
                Assert.False(File.Exists("/run/started"));
                static void Break(bool now)
                {
                    if (now)
                        throw new InvalidDataException();
                }
            }
        );

    [Fact]
    public void A_process_killed_at_any_step_leaves_no_mount() =>
        InSpace(
            (ns, files) =>
            {
                files.Write(Ours("x"), Ours("y"));
                Syscalls.MakeShared("/");
                string[] before = Mounts();
                int step = 0;
                for (; Probe.Start("view", $"{step}", Space, Etc).WaitForEnd() != 0; step++)
                    Assert.Equal(before, Mounts());
                Assert.InRange(step, 4, 100); // unshare, two files, host name, and what /sys takes
                Assert.Equal(before, Mounts());
            }
        );

    [Theory]
    [InlineData("")]
    [InlineData("h1")]
    public void No_thread_of_ours_stays_there(string hostname) =>
        InSpace(
            (ns, files) =>
            {
                files.Write(Ours("x"), Ours("y"));
                string[] spaces = Run(
                        ns,
                        new() { EtcDirectory = Etc, Hostname = hostname.Length > 0 ? hostname : null },
                        "readlink",
                        "/proc/self/ns/mnt",
                        "/proc/self/ns/uts"
                    )
                    .Split('\n');
                Assert.NotEqual(spaces[0], Link("/proc/thread-self/ns/mnt"));
                Assert.Equal(hostname.Length > 0, spaces[1] != Link("/proc/thread-self/ns/uts"));
                // The JIT's background thread may be born anywhere and ends after some idle seconds.
                Assert.True(
                    SpinWait.SpinUntil(
                        () => Directory.GetDirectories("/proc/self/task").All(task => Link($"{task}/ns/mnt") != spaces[0]),
                        TimeSpan.FromSeconds(15)
                    )
                );
            }
        );

    [Fact]
    public void A_host_name_that_the_kernel_refuses_is_an_error_of_ours() =>
        InSpace(
            (ns, _) =>
            {
                Problem problem = Assert.Single(
                    Assert.Throws<BridgeNetException>(() => Run(ns, new() { Hostname = new string('x', 65) }, "true")).Problems
                );
                Assert.Equal(ErrorIds.NamespaceFailed, problem.ErrorId);
            }
        );

    /// <summary>All of the above once more, by root of a user namespace that owns nothing of the machine.</summary>
    [Theory]
    [InlineData("true")]
    [InlineData("mount -t tmpfs none /sys/kernel")] // part of /sys hidden, as container engines do: the kernel gives no sysfs then
    public void It_works_in_a_user_namespace(string before)
    {
        Assert.SkipWhen(
            File.ReadAllText("/proc/self/uid_map").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[2] == "1",
            "in one already"
        );
        sandbox.Run(() =>
        {
            Assert.SkipWhen(
                ProgramPath.Find("unshare") is null || ProcessOutput.Of([.. Unshare.User, "true"]).Code != 0,
                "the kernel gives no user namespace here"
            );
            (int code, string output, string error) = ProcessOutput.Of(
                "unshare",
                "--mount",
                "sh",
                "-c",
                before + " && exec unshare --user --map-root-user \"$@\"",
                "sh",
                Environment.ProcessPath!,
                "-class",
                typeof(ContainerViewTests).FullName!,
                "-noColor"
            );
            Assert.True(code == 0, output + error);
            Assert.Matches("Total: 1[0-9], .* Failed: 0, ", output);
        });
    }

    private static string Run(NetworkNamespace ns, ContainerView? view, string program, params string[] arguments)
    {
        List<string> lines = [];
        NamespaceProcess.Run(ns, program, arguments, lines.Add, Fail, TestContext.Current.CancellationToken, view);
        return string.Concat(lines.Select(line => line + "\n"));
    }

    private static string Ours(string text) => $"{ContainerFiles.Marker}, for a test\n{text}\n";

    private static string[] Mounts() => [.. MountPoint.ReadOwn().Select(mount => $"{mount.Id} {mount.Target}")];

    private static string? Link(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: false)?.Name;
        }
        catch (IOException)
        {
            return null; // just ended
        }
    }

    private static void Fail(string line) => Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"unexpected: {line}"));

    private void InSpace(Action<NetworkNamespace, ContainerFiles> test)
    {
        sandbox.Run(() =>
        {
            using NetworkNamespace ns = NetworkNamespace.Create(Space);
            try
            {
                Assert.Equal(0, ProcessOutput.Of("mkfifo", Fifo).Code);
                test(ns, new ContainerFiles(Etc));
            }
            finally
            {
                File.Delete(Fifo);
                if (Directory.Exists(Etc))
                    Directory.Delete(Etc, recursive: true);
                NetworkNamespace.Delete(Space);
            }
        });
        sandbox.AssertNothingRemains();
    }
}
