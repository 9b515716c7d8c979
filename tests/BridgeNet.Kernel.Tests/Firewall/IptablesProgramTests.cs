using System.Diagnostics;
using BridgeNet.Firewall;
using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Kernel.Tests.Firewall;

/// <summary>Which programs are started, in what surroundings, and that none can hold us up.</summary>
public sealed class IptablesProgramTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private const string Name = "iptables-restore",
        Much = "1048576";

    [Fact]
    public void A_program_that_ends_before_reading_is_reported_with_its_output() =>
        With("echo 'no good' >&2; exit 2", () => Assert.Equal((2, "", "no good"), IptablesProgram.Run(Name, new string('x', 1 << 20))));

    [Fact]
    public void Much_on_both_outputs_and_the_input_at_once_is_read_and_written() =>
        With(
            $"head -c {Much} /dev/zero >&2; head -c {Much} /dev/zero; cat >/dev/null",
            () =>
            {
                (int code, string output, string error) = IptablesProgram.Run(Name, new string('x', 1 << 20));
                Assert.Equal((0, Much, Much), (code, $"{output.Length}", $"{error.Length}"));
            }
        );

    [Fact]
    public void A_hanging_program_is_stopped_and_named() =>
        With(
            "echo $$ >/run/hanging; exec sleep 600",
            () =>
            {
                long start = Stopwatch.GetTimestamp();
                Problem problem = Assert.Single(
                    Assert.Throws<BridgeNetException>(() => IptablesProgram.Run(Name, "", TimeSpan.FromSeconds(1), [])).Problems
                );
                Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(15));
                Assert.Equal(ErrorIds.FirewallFailed, problem.ErrorId);
                Assert.Contains($"{Name} did not end within 1 s", problem.Message, StringComparison.Ordinal);
                string process = $"/proc/{File.ReadAllText("/run/hanging").Trim()}";
                File.Delete("/run/hanging");
                Assert.True(SpinWait.SpinUntil(() => !Directory.Exists(process), TimeSpan.FromSeconds(10)));
            }
        );

    [Fact]
    public void It_is_given_nothing_of_our_surroundings() =>
        With(
            "pwd; env",
            () =>
            {
                Environment.SetEnvironmentVariable("BRIDGENET_TEST_SURROUNDINGS", "inherited");
                string[] lines = IptablesProgram.Run(Name, "").Output.TrimEnd().Split('\n');
                Assert.Equal("/", lines[0]);
                Assert.Equal(["LC_ALL", "PATH", "PWD"], lines[1..].Select(static line => line.Split('=')[0]).Order(StringComparer.Ordinal));
                Assert.DoesNotContain(
                    lines,
                    static line =>
                        line.StartsWith("PATH=", StringComparison.Ordinal)
                        && !line.Equals("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", StringComparison.Ordinal)
                );
            }
        );

    [Theory]
    [InlineData("chown 65534 FILE", "/usr/sbin/iptables-restore belongs to user 65534")]
    [InlineData("chmod 757 FILE", "/usr/sbin/iptables-restore can be written by every user")]
    [InlineData("chgrp 65534 FILE; chmod 775 FILE", "/usr/sbin/iptables-restore can be written by group 65534")]
    [InlineData("chmod 777 /usr/sbin", "/usr/sbin can be written by every user")]
    [InlineData("chown 65534 /usr/sbin", "/usr/sbin belongs to user 65534")]
    [InlineData(
        "mkdir /run/theirs; chown 65534 /run/theirs; mv FILE /run/theirs/x; ln -s /run/theirs/x FILE",
        "/run/theirs belongs to user 65534"
    )]
    [InlineData(
        "mkdir /run/ours; cp -p FILE /run/ours/x; chown 65534 /run/ours/x; ln -sf ../../run/ours/x FILE",
        "/run/ours/x belongs to user 65534"
    )]
    public void A_program_that_another_user_could_have_written_is_not_started(string before, string why) =>
        With(
            "touch /run/started",
            () =>
            {
                IptablesProgram.Run(Name, "");
                Assert.True(File.Exists("/run/started"), "it is started when it is root's alone");
                File.Delete("/run/started");
                foreach (string command in before.Split("; "))
                {
                    string[] words = command.Replace("FILE", $"/usr/sbin/{Name}", StringComparison.Ordinal).Split(' ');
                    using Process process = Process.Start(words[0], words[1..]);
                    process.WaitForExit();
                    Assert.Equal(0, process.ExitCode);
                }
                Problem problem = Assert.Single(Assert.Throws<BridgeNetException>(() => IptablesProgram.Run(Name, "")).Problems);
                Assert.Contains($"{Name} is not started: {why}", problem.Message, StringComparison.Ordinal);
                Assert.False(File.Exists("/run/started"));
                foreach (string folder in (string[])["/run/ours", "/run/theirs"])
                {
                    if (Directory.Exists(folder))
                        Directory.Delete(folder, recursive: true);
                }
            }
        );

    /// <summary>Neither PATH nor the directory in which a command runs leads to a program, also not where there is no other.</summary>
    [Fact]
    public void A_program_in_the_users_PATH_is_not_started() =>
        EngineSpace.In(
            space,
            "iptables",
            (_, state) =>
            {
                using PrivatePrograms programs = new();
                PrivatePrograms.Hide("iptables-restore", "ip6tables-restore");
                string folder = Directory.CreateDirectory(Path.Combine(state, "folder")).FullName,
                    started = Path.Combine(folder, "started");
                foreach (string name in (string[])["iptables-restore", "ip6tables-restore"])
                {
                    File.WriteAllText(Path.Combine(folder, name), $"#!/bin/sh\n: >{started}\n");
                    File.SetUnixFileMode(Path.Combine(folder, name), (UnixFileMode)0b111_101_101);
                }
                ProcessStartInfo start = new(Probe.Program, [state, "iptables", "create", "p", "1"]) { WorkingDirectory = folder };
                start.Environment["PATH"] = $"{folder}:/usr/bin:/bin";
                ProcessOutput output = ProcessOutput.Of(start);
                Assert.NotEqual(0, output.Code);
                Assert.Contains("iptables-restore", output.Error, StringComparison.Ordinal);
                Assert.False(File.Exists(started));
                Directory.Delete(folder, recursive: true);
            }
        );

    private void With(string script, Action work) =>
        space.Run(() =>
        {
            using PrivatePrograms programs = new();
            PrivatePrograms.Replace(Name, script);
            work();
        });
}
