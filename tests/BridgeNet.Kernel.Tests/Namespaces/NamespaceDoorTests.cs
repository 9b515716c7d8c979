using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Native;
using Xunit;

namespace BridgeNet.Kernel.Tests.Namespaces;

/// <summary>The one way into a container: each mark of its identity by itself keeps a stranger's namespace closed.</summary>
public sealed class NamespaceDoorTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private const string Boot = "this boot",
        Place = "/run/c1";

    [Fact]
    public void It_opens_for_the_recorded_namespace() =>
        With(
            (door, container) =>
            {
                using INetworkNamespace open = door.Open(container);
                Assert.Equal(container.NetNS!.Cookie, open.Cookie);
                Assert.True(door.IsAlive(container));
            }
        );

    [Theory]
    [InlineData("another cookie")]
    [InlineData("another boot")]
    [InlineData("another inode number")]
    [InlineData("another process")]
    public void It_stays_closed_for(string difference) =>
        With(
            (door, container) =>
            {
                NamespaceIdentity known = container.NetNS!;
                container = difference switch
                {
                    "another cookie" => container with { NetNS = known with { Cookie = known.Cookie + 1 } },
                    "another boot" => container with { NetNS = known with { Boot = "another boot" } },
                    "another inode number" => container with { NetNSInode = container.NetNSInode + 1 },
                    _ => container with
                    {
                        ProcessId = Environment.ProcessId,
                        ProcessStart = ProcessStart.Of(Environment.ProcessId)!.Value + 1,
                    },
                };
                Assert.Equal(ErrorIds.NamespaceFailed, Assert.Throws<BridgeNetException>(() => door.Open(container)).Problems[0].ErrorId);
                Assert.Null(door.TryOpen(container));
                Assert.Equal(difference == "another cookie" && !CookiesAreSeen(), door.IsAlive(container));
            }
        );

    [Fact]
    public void The_hosts_own_is_refused_by_whatever_path() =>
        With(
            (door, container) =>
            {
                using NetworkNamespace host = NetworkNamespace.Current();
                NamespaceDoor ofHost = new(new NamespaceIdentity(Boot, host.Cookie), new KernelNamespaces());
                ContainerRow recorded = container with
                {
                    NetNSPath = "/proc/thread-self/ns/net",
                    NetNS = new NamespaceIdentity(Boot, host.Cookie),
                    NetNSInode = host.Inode,
                };
                foreach (ContainerRow row in (ContainerRow[])[recorded, recorded with { NetNS = null, NetNSInode = 0 }])
                {
                    Assert.Equal(ErrorIds.HostNamespace, Assert.Throws<BridgeNetException>(() => ofHost.Open(row)).Problems[0].ErrorId);
                    Assert.Throws<BridgeNetException>(() => ofHost.Identify(row, host));
                    if (CookiesAreSeen())
                        Assert.False(ofHost.IsAlive(row));
                }
                using INetworkNamespace asked = ofHost.Open(recorded with { Kind = ContainerKind.Host });
            }
        );

    [Fact]
    public void The_cookie_from_outside_is_that_from_inside() =>
        space.Run(() =>
        {
            using NetworkNamespace other = NetworkNamespace.Create();
            ulong inside = other.Run(Syscalls.NetNsCookie);
            Assert.Equal(inside, other.Cookie);
            Assert.True(other.CookieFromOutside is null || other.CookieFromOutside == inside);
            using NetworkNamespace next = NetworkNamespace.Create();
            Assert.NotEqual(inside, next.Cookie);
        });

    [Fact]
    public void A_foreign_mount_at_a_path_is_not_released() =>
        space.Run(() =>
        {
            using NetworkNamespace ours = NetworkNamespace.Create(),
                theirs = NetworkNamespace.Create();
            ours.Keep(Place);
            NetworkNamespace.Delete(Place);
            theirs.Keep(Place);
            Assert.False(NetworkNamespace.Release(Place, ours.Cookie));
            Assert.Throws<BridgeNetException>(() => ours.Keep(Place));
            using (NetworkNamespace there = NetworkNamespace.Open(Place))
                Assert.Equal(theirs.Cookie, there.Cookie);
            Assert.True(NetworkNamespace.Release(Place, theirs.Cookie));
            Assert.False(File.Exists(Place));
            // A file with content, a link and a directory are another tool's too.
            File.WriteAllText(Place, "theirs");
            Assert.False(NetworkNamespace.Release(Place, ours.Cookie));
            Assert.Throws<BridgeNetException>(() => ours.Keep(Place));
            File.Delete(Place);
            File.CreateSymbolicLink(Place, "/proc/self/ns/net");
            Assert.False(NetworkNamespace.Release(Place, ours.Cookie));
            File.Delete(Place);
            Assert.True(NetworkNamespace.Release(Place, ours.Cookie));
        });

    /// <summary>Whether the kernel tells cookies to who is outside (Linux 6.18); before, what enters no namespace compares less.</summary>
    private static bool CookiesAreSeen()
    {
        using NetworkNamespace here = NetworkNamespace.Current();
        return here.CookieFromOutside is not null;
    }

    private void With(Action<NamespaceDoor, ContainerRow> work) =>
        space.Run(() =>
        {
            using NetworkNamespace created = NetworkNamespace.Create(Place);
            try
            {
                NamespaceDoor door = new(new NamespaceIdentity(Boot, Syscalls.NetNsCookie()), new KernelNamespaces());
                work(door, door.Identify(Row(), created));
            }
            finally
            {
                NetworkNamespace.Delete(Place);
            }
        });

    private static ContainerRow Row() =>
        new()
        {
            Name = "c1",
            Id = new string('1', 64),
            Created = default,
            Kind = ContainerKind.Path,
            NetNSPath = Place,
        };
}
