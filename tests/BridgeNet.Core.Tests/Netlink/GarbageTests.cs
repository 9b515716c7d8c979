using System.Net.Sockets;
using BridgeNet.Conntrack;
using BridgeNet.Core.Tests.Rtnetlink;
using BridgeNet.Kernel;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using BridgeNet.Rtnetlink;
using BridgeNet.Sockets;
using Xunit;

namespace BridgeNet.Core.Tests.Netlink;

/// <summary>
/// No bytes, from whomever, do more than a <see cref="NetlinkException"/>. The seed is fixed, so that a failure comes again.
/// </summary>
public sealed class GarbageTests
{
    private const int Seed = 20260801,
        Count = 100_000;

    private static readonly byte[][] s_real =
    [
        .. new[] { CapturedLinks.Loopback, CapturedLinks.Bridge, CapturedLinks.Veth }.Select(Hex.Bytes),
    ];

    // Each by the request that it answers.
    private static readonly Action<NetlinkConnection>[] s_requests =
    [
        static netlink => netlink.Execute("test", 16, 0, static _ => { }),
        static netlink => new RtnetlinkConnection(netlink).GetLinks(),
        static netlink => new RtnetlinkConnection(netlink).GetAddresses(AddressFamily.InterNetwork),
        static netlink => new RtnetlinkConnection(netlink).GetRoutes(AddressFamily.InterNetworkV6),
        static netlink => NftTable.Chains(netlink),
        static netlink => NftTable.HandledRules(netlink, 1, "bridgenet", "forward").Count(),
        static netlink => _ = NftTable.Rules(netlink, 1, "bridgenet").Count,
        static netlink => NftTable.Elements(netlink, 1, "bridgenet", "networks"),
        static netlink => NftTable.IsDormant(netlink, 1, "bridgenet"),
        static netlink => new ConntrackConnection(netlink).DeleteFlows([new() { OriginalSource = System.Net.IPAddress.IPv6Loopback }]),
        static netlink => new ConntrackConnection(netlink).CountFlows(),
        static netlink => new SocketDiagnosis(netlink).TryList("tcp"),
    ];

    [Fact]
    public void Readers_accept_anything()
    {
        Random random = new(Seed);
        int understood = 0;
        for (int i = 0; i < Count; i++)
        {
            byte[] bytes = Payload(random);
            Exception? failure = Record.Exception(() =>
            {
                NetlinkReaderTests.Walk(bytes);
                object?[] read =
                [
                    LinkMessages.Read(bytes),
                    AddressMessages.Read(bytes),
                    AddressMessages.ReadRoute(bytes),
                    ConntrackMessages.Read(bytes),
                    SocketDiagnosis.Read("tcp", bytes),
                ];
                understood += read.Count(static one => one is not null);
                ConntrackMessages.ReadCount(bytes);
                NftHeldRule.StopsAll(bytes);
                NftHeldRule.Is(bytes, []);
            });
            Assert.True(failure is null, $"number {i}, {Convert.ToHexStringLower(bytes)}: {failure}");
        }
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Count} payloads, read as {understood} links, addresses, routes, flows and sockets"
        );
    }

    [Fact]
    public void The_connection_accepts_anything()
    {
        Random random = new(Seed);
        NetlinkConnection netlink = new(new FakeKernel(request => Datagrams(random, FakeKernel.SequenceOf(request))));
        foreach (Action<NetlinkConnection> request in s_requests)
        {
            Dictionary<string, int> outcomes = [];
            for (int i = 0; i < Count / 4; i++)
            {
                Exception? failure = Record.Exception(() => request(netlink));
                Assert.True(failure is null or NetlinkException or StreamEndedException, $"number {i}: {failure}");
                string outcome = failure?.GetType().Name ?? "done";
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            }
            // Else the garbage would be such that the connection never looks into it.
            Assert.All(
                ["done", nameof(NetlinkException), nameof(StreamEndedException)],
                outcome => Assert.InRange(outcomes.GetValueOrDefault(outcome), 100, Count)
            );
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{s_requests.Length} kinds of requests, {Count / 4} times each");
    }

    [Fact]
    public void Events_accept_anything()
    {
        Random random = new(Seed);
        FakeKernel events = new(static _ => []);
        // A kernel with nothing in it, so that whatever is there came of garbage.
        using RangeWatch watch = new(
            new RtnetlinkConnection(
                new NetlinkConnection(new FakeKernel(static request => [FakeKernel.Done(FakeKernel.SequenceOf(request))]))
            ),
            new NetlinkEvents(events)
        );
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            events.Tell(
                random.Next(10) == 0
                    ? Noise(random, random.Next(100))
                    : FakeKernel.Message((ushort)random.Next(14, 30), 0, 0, Payload(random))
            );
            Exception? failure = Record.Exception(() =>
                kept += watch.Ranges(AddressFamily.InterNetwork).Count + watch.Ranges(AddressFamily.InterNetworkV6).Count
            );
            Assert.True(failure is null, $"number {i}: {failure}");
        }
        Assert.InRange(kept, 100, int.MaxValue);
    }

    /// <summary>Noise, attributes with noise in them, or a real message with some bytes changed.</summary>
    private static byte[] Payload(Random random)
    {
        switch (random.Next(3))
        {
            case 0:
                return Noise(random, random.Next(200));
            case 1:
                List<byte> bytes = [(byte)(random.Next(2) == 0 ? 2 : 10), (byte)random.Next(140), .. Noise(random, random.Next(4) * 4 + 2)];
                for (int i = random.Next(8); i > 0; i--)
                    bytes.AddRange(Attribute(random, depth: 4));
                return [.. bytes];
            default:
                byte[] real = s_real[random.Next(s_real.Length)][16..];
                for (int i = random.Next(1, 9); i > 0; i--)
                    real[random.Next(real.Length)] = (byte)random.Next(256);
                return real[..random.Next(real.Length + 1)];
        }
    }

    private static byte[] Attribute(Random random, int depth)
    {
        byte[] value =
            depth > 0 && random.Next(3) == 0
                ? Attribute(random, depth - 1)
                : Noise(
                    random,
                    random.Next(3) switch
                    {
                        0 => 4,
                        1 => 16,
                        _ => random.Next(24),
                    }
                );
        // Now and then the length is a lie.
        int length = random.Next(10) == 0 ? random.Next(ushort.MaxValue + 1) : 4 + value.Length;
        byte[] padding = new byte[NetlinkConstants.Align(value.Length) - value.Length];
        return
        [
            (byte)length,
            (byte)(length >> 8),
            (byte)random.Next(random.Next(2) == 0 ? 6 : 35),
            (byte)(random.Next(4) == 0 ? 0x80 : 0),
            .. value,
            .. padding,
        ];
    }

    private static IEnumerable<byte[]> Datagrams(Random random, uint sequence)
    {
        for (int i = random.Next(4); i >= 0; i--)
        {
            if (random.Next(4) == 0)
            {
                yield return Noise(random, random.Next(100));
                continue;
            }
            List<byte> datagram = [];
            for (int j = random.Next(1, 4); j > 0; j--)
            {
                byte[] message = FakeKernel.Message(
                    (ushort)random.Next(6),
                    (ushort)random.Next(0x400),
                    sequence - (uint)(random.Next(8) == 0 ? 1 : 0),
                    Payload(random)
                );
                if (random.Next(20) == 0)
                    message[random.Next(4)] = (byte)random.Next(256);
                // An ack, which noise hardly ever is.
                datagram.AddRange(random.Next(4) == 0 ? FakeKernel.Ack(sequence) : message);
            }
            yield return [.. datagram];
        }
    }

    private static byte[] Noise(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
