using System.Globalization;
using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;
using Xunit;

#pragma warning disable CA1416 // Linux only

namespace BridgeNet.Kernel.Tests.Namespaces;

public sealed class NetworkNamespaceTests(PrivateNamespace sandbox) : IClassFixture<PrivateNamespace>
{
    [Fact]
    public void A_created_namespace_is_another_one_with_lo_up()
    {
        sandbox.Run(() =>
        {
            using NetworkNamespace here = NetworkNamespace.Current();
            using NetworkNamespace created = NetworkNamespace.Create("/run/netns/c1");
            Assert.NotEqual(here.Inode, created.Inode);
            using (RtnetlinkConnection links = created.OpenRtnetlink())
            {
                Link lo = Assert.Single(links.GetLinks(), link => link.Name == "lo");
                Assert.True(lo.Up);
            }
            NetworkNamespace.Delete("/run/netns/c1");
        });
        sandbox.AssertNothingRemains();
    }

    [Fact]
    public void Opened_again_by_its_path_it_is_the_same()
    {
        sandbox.Run(() =>
        {
            using NetworkNamespace created = NetworkNamespace.Create("/run/netns/c2");
            using NetworkNamespace opened = NetworkNamespace.Open("/run/netns/c2");
            Assert.Equal(created.Inode, opened.Inode);
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode("/run/netns") & UnixFileMode.OtherWrite);
            NetworkNamespace.Delete("/run/netns/c2");
        });
        sandbox.AssertNothingRemains();
    }

    [Fact]
    public void A_directory_elsewhere_is_created_but_not_mounted()
    {
        sandbox.Run(() =>
        {
            using NetworkNamespace created = NetworkNamespace.Create("/run/bridgenet/netns/c3");
            Assert.DoesNotContain(File.ReadLines("/proc/thread-self/mountinfo"), line => line.Split(' ')[4] == "/run/bridgenet/netns");
            NetworkNamespace.Delete("/run/bridgenet/netns/c3");
            Assert.False(File.Exists("/run/bridgenet/netns/c3"));
        });
        sandbox.AssertNothingRemains();
    }

    [Fact]
    public void Work_runs_inside_on_a_thread_of_its_own_and_the_caller_stays()
    {
        sandbox.Run(() =>
        {
            string before = OwnNamespace();
            int caller = Environment.CurrentManagedThreadId;
            using NetworkNamespace created = NetworkNamespace.Create("/run/netns/c4");
            (string inside, int thread) = created.Run(() => (OwnNamespace(), Environment.CurrentManagedThreadId));
            Assert.Equal(Text(created), inside);
            Assert.NotEqual(caller, thread);
            Assert.Equal(before, OwnNamespace());
            NetworkNamespace.Delete("/run/netns/c4");
        });
        sandbox.AssertNothingRemains();
    }

    [Fact]
    public void An_exception_of_the_work_keeps_its_stack()
    {
        sandbox.Run(() =>
        {
            using NetworkNamespace here = NetworkNamespace.Current();
            var failure = Assert.Throws<InvalidOperationException>(() => here.Run(Fail));
            Assert.Contains(nameof(Fail), failure.StackTrace);
        });

        static int Fail() => throw new InvalidOperationException("inside");
    }

    [Fact]
    public void An_existing_path_is_refused_and_left_alone()
    {
        sandbox.Run(() =>
        {
            using NetworkNamespace created = NetworkNamespace.Create("/run/netns/c5");
            var failure = Assert.Throws<BridgeNetException>(() => NetworkNamespace.Create("/run/netns/c5"));
            Assert.Equal(ErrorIds.ContainerExists, Assert.Single(failure.Problems).ErrorId);
            using NetworkNamespace still = NetworkNamespace.Open("/run/netns/c5");
            Assert.Equal(created.Inode, still.Inode);
            NetworkNamespace.Delete("/run/netns/c5");
        });
        sandbox.AssertNothingRemains();
    }

    [Fact]
    public void A_path_that_cannot_be_created_leaves_nothing()
    {
        sandbox.Run(() =>
        {
            var failure = Assert.Throws<BridgeNetException>(() => NetworkNamespace.Create("/proc/nowhere/c6"));
            Assert.NotEqual(ErrorIds.ContainerExists, Assert.Single(failure.Problems).ErrorId);
        });
        sandbox.AssertNothingRemains();
    }

    [Theory]
    [InlineData("/etc/passwd", ProblemCategory.InvalidArgument)]
    [InlineData("/proc/self/ns/mnt", ProblemCategory.InvalidArgument)]
    [InlineData("/dev/null", ProblemCategory.InvalidArgument)]
    [InlineData("/run/netns/nobody", ProblemCategory.ObjectNotFound)]
    [InlineData("/nowhere/at/all", ProblemCategory.ObjectNotFound)]
    public void A_path_without_a_network_namespace_is_refused(string path, ProblemCategory category) =>
        sandbox.Run(() =>
        {
            var failure = Assert.Throws<BridgeNetException>(() => NetworkNamespace.Open(path));
            Problem problem = Assert.Single(failure.Problems);
            Assert.Equal((ErrorIds.NamespaceFailed, category), (problem.ErrorId, problem.Category));
            Assert.Contains(path, problem.Message);
        });

    [Fact]
    public void A_namespace_of_a_process_can_be_opened() =>
        sandbox.Run(() =>
        {
            // The main thread's: the machine's own. It is only opened, never entered.
            using NetworkNamespace main = NetworkNamespace.Open("/proc/self/ns/net");
            using NetworkNamespace here = NetworkNamespace.Current();
            Assert.NotEqual(main.Inode, here.Inode);
        });

    [Fact]
    public void Deleting_a_missing_object_is_no_failure() =>
        sandbox.Run(() =>
        {
            NetworkNamespace.Delete("/run/netns/never");
            NetworkNamespace.Delete("/nowhere/at/all");
        });

    private static string OwnNamespace() => File.ResolveLinkTarget("/proc/thread-self/ns/net", returnFinalTarget: false)!.Name;

    private static string Text(NetworkNamespace ns) => string.Create(CultureInfo.InvariantCulture, $"net:[{ns.Inode}]");
}
