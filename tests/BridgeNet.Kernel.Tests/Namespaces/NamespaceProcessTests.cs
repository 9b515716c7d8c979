using System.Diagnostics;
using System.Globalization;
using BridgeNet.Containers;
using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Kernel.Tests.Namespaces;

public sealed class NamespaceProcessTests(PrivateNamespace sandbox) : IClassFixture<PrivateNamespace>
{
    private const string Space = "/run/netns/p1";

    [Fact]
    public void A_program_lives_in_the_namespace() =>
        InSpace(ns =>
        {
            List<string> lines = [];
            int code = NamespaceProcess.Run(ns, "readlink", ["/proc/self/ns/net"], lines.Add, Fail, TestContext.Current.CancellationToken);
            Assert.Equal(0, code);
            Assert.Equal([string.Create(CultureInfo.InvariantCulture, $"net:[{ns.Inode}]")], lines);
        });

    [Fact]
    public void Lines_come_in_order_on_the_calling_thread_and_the_exit_code_is_the_programs() =>
        InSpace(ns =>
        {
            int caller = Environment.CurrentManagedThreadId;
            List<string> output = [],
                error = [];
            int code = NamespaceProcess.Run(
                ns,
                "sh",
                ["-c", "i=0; while [ $i -lt 2000 ]; do echo $i; i=$((i+1)); done; echo oops >&2; exit 3"],
                line =>
                {
                    Assert.Equal(caller, Environment.CurrentManagedThreadId);
                    output.Add(line);
                },
                error.Add,
                TestContext.Current.CancellationToken
            );
            Assert.Equal(3, code);
            Assert.Equal(Enumerable.Range(0, 2000).Select(i => i.ToString(CultureInfo.InvariantCulture)), output);
            Assert.Equal(["oops"], error);
        });

    [Fact]
    public void Arguments_reach_the_program_as_they_are() =>
        InSpace(ns =>
        {
            List<string> lines = [];
            NamespaceProcess.Run(
                ns,
                "printf",
                ["%s\\n", "a b", "$HOME; rm", "\"'", ""],
                lines.Add,
                Fail,
                TestContext.Current.CancellationToken
            );
            Assert.Equal(["a b", "$HOME; rm", "\"'", ""], lines);
        });

    [Fact]
    public void Standard_input_is_empty() =>
        InSpace(ns =>
        {
            List<string> lines = [];
            int code = NamespaceProcess.Run(ns, "cat", [], lines.Add, Fail, TestContext.Current.CancellationToken);
            Assert.Equal(0, code);
            Assert.Empty(lines);
        });

    [Theory]
    [InlineData("no-such-program-here")]
    [InlineData("/no/such/program")]
    [InlineData("/etc/passwd")]
    [InlineData("/etc")]
    public void A_missing_program_is_named(string program) =>
        InSpace(ns =>
        {
            var failure = Assert.Throws<BridgeNetException>(() =>
                NamespaceProcess.Run(ns, program, [], Fail, Fail, TestContext.Current.CancellationToken)
            );
            Problem problem = Assert.Single(failure.Problems);
            Assert.Equal(ErrorIds.ProgramNotFound, problem.ErrorId);
            Assert.Contains(program, problem.Message);
        });

    [Fact]
    public void Cancellation_kills_the_program_and_its_children() =>
        InSpace(ns =>
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            List<int> processes = [];
            var clock = Stopwatch.StartNew();
            Assert.ThrowsAny<OperationCanceledException>(() =>
                NamespaceProcess.Run(
                    ns,
                    "sh",
                    ["-c", "sleep 60 & echo $$; echo $!; wait"],
                    line =>
                    {
                        processes.Add(int.Parse(line, CultureInfo.InvariantCulture));
                        if (processes.Count == 2)
                        {
                            stop.Cancel();
                        }
                    },
                    Fail,
                    stop.Token
                )
            );
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"took {clock.Elapsed}");
            Assert.Equal(2, processes.Count);
            Eventually(() => processes.All(HasEnded), "the program or its child still runs");
        });

    [Fact]
    public void A_callback_that_throws_ends_the_program_too() =>
        InSpace(ns =>
        {
            int process = 0;
            Assert.Throws<InvalidDataException>(() =>
                NamespaceProcess.Run(
                    ns,
                    "sh",
                    ["-c", "echo $$; exec sleep 60"],
                    line =>
                    {
                        process = int.Parse(line, CultureInfo.InvariantCulture);
                        throw new InvalidDataException();
                    },
                    Fail,
                    TestContext.Current.CancellationToken
                )
            );
            Eventually(() => HasEnded(process), "the program still runs");
        });

    [Fact]
    public void A_daemon_that_keeps_the_pipes_open_is_not_waited_for() =>
        InSpace(ns =>
        {
            List<string> lines = [];
            var clock = Stopwatch.StartNew();
            int code = NamespaceProcess.Run(ns, "sh", ["-c", "sleep 30 & echo $!"], lines.Add, Fail, TestContext.Current.CancellationToken);
            TimeSpan took = clock.Elapsed;
            using (Process daemon = Process.GetProcessById(int.Parse(Assert.Single(lines), CultureInfo.InvariantCulture)))
            {
                daemon.Kill();
            }
            Assert.Equal(0, code);
            Assert.True(took < TimeSpan.FromSeconds(10), $"took {took}");
        });

    /// <summary>In a process of its own, since .NET creates threads that stay when it starts the first program.</summary>
    [Fact]
    public void Nor_does_one_when_the_first_program_of_a_process_is_started_there() =>
        InSpace(static _ => Assert.Equal(0, Probe.Start("first", Space).WaitForEnd()));

    [Fact]
    public void No_thread_of_ours_stays_in_the_namespace() =>
        InSpace(ns =>
        {
            NamespaceProcess.Run(ns, "true", [], Fail, Fail, TestContext.Current.CancellationToken);
            // The JIT's background thread may be born anywhere and ends after some idle seconds.
            Eventually(() => ns.ThreadsOfOurs().Length == 0, "threads stay behind");
        });

    private static bool HasEnded(int process)
    {
        try
        {
            // A zombie whose parent died waits for init to notice; it runs no more.
            return File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].StartsWith('Z');
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static void Eventually(Func<bool> condition, string otherwise) =>
        Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(15)), otherwise);

    private static void Fail(string line) => Assert.Fail($"unexpected: {line}");

    private void InSpace(Action<NetworkNamespace> test)
    {
        sandbox.Run(() =>
        {
            using NetworkNamespace ns = NetworkNamespace.Create(Space);
            try
            {
                test(ns);
            }
            finally
            {
                NetworkNamespace.Delete(Space);
            }
        });
        sandbox.AssertNothingRemains();
    }
}
