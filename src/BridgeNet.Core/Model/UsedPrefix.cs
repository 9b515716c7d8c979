using System.Net;
using System.Net.Sockets;

namespace BridgeNet.Model;

/// <summary>What uses a range; if several things use the same addresses, the first of these is reported.</summary>
internal enum UsedBy
{
    Network,
    Route,
    Address,
    NameServer,
}

/// <summary>A range that a new subnet must not overlap, and what uses it.</summary>
/// <param name="Network">The range.</param>
/// <param name="By">What uses it.</param>
/// <param name="Name">The name of the network; empty for other users.</param>
/// <param name="LinkIndex">The index of its link; 0 without one. The name of the link is looked up only for an error.</param>
internal sealed record UsedPrefix(IPNetwork Network, UsedBy By, string Name = "", int LinkIndex = 0)
{
    private readonly (UInt128 First, UInt128 Last) _bounds = AddressNumber.Bounds(Network);

    /// <summary>The first address as a number.</summary>
    public UInt128 First => _bounds.First;

    /// <summary>The last address as a number.</summary>
    public UInt128 Last => _bounds.Last;

    public AddressFamily Family => Network.BaseAddress.AddressFamily;

    /// <summary>The prefix of a single address.</summary>
    public static UsedPrefix OfAddress(IPAddress address, UsedBy by, int linkIndex = 0) =>
        new(new IPNetwork(address, AddressNumber.Bits(address.AddressFamily)), by, "", linkIndex);
}
