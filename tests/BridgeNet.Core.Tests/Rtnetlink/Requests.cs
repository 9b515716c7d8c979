using BridgeNet.Core.Tests.Netlink;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Core.Tests.Rtnetlink;

/// <summary>What <see cref="RtnetlinkConnection"/> sends to a kernel that agrees to everything and knows one link, of index 2.</summary>
internal static class Requests
{
    private const ushort RTM_NEWLINK = 16, RTM_GETLINK = 18;

    /// <summary>The requests of some work, each with a zero for its number.</summary>
    public static IReadOnlyList<byte[]> Of(Action<RtnetlinkConnection> work)
    {
        FakeKernel kernel = new(request =>
        {
            uint sequence = FakeKernel.SequenceOf(request);
            byte[] ack = FakeKernel.Ack(sequence);
            return BitConverter.ToUInt16(request, 4) == RTM_GETLINK
                ? [FakeKernel.Message(RTM_NEWLINK, 0, sequence, [0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), ack]
                : [ack];
        });
        using RtnetlinkConnection links = new(new NetlinkConnection(kernel));
        work(links);
        foreach (byte[] request in kernel.Requests)
            request.AsSpan(8, 4).Clear();
        return kernel.Requests;
    }

    /// <summary>Asserts that the only request is the bytes that <c>ip</c> sends.</summary>
    public static void AssertSame(string ip, Action<RtnetlinkConnection> work) => AssertSame(ip, Assert.Single(Of(work)));

    /// <inheritdoc cref="AssertSame(string, Action{RtnetlinkConnection})"/>
    public static void AssertSame(string ip, byte[] request) => Assert.Equal(Hex.Rows(Hex.Bytes(ip)), Hex.Rows(request));
}
