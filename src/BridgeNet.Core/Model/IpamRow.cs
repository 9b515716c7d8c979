using System.Net;
using System.Numerics;
using System.Text.Json.Serialization;

namespace BridgeNet.Model;

/// <summary>One subnet of a network, as <c>docker network inspect</c> shows it under <c>IPAM.Config</c>.</summary>
internal sealed record SubnetRow
{
    /// <summary>The subnet that addresses are given from.</summary>
    public required IPNetwork Subnet { get; init; }

    /// <summary>The part of the subnet that automatic addresses come from; null means all of it.</summary>
    public AddressRange? IPRange { get; init; }

    /// <summary>The address of the bridge, and the default gateway of the containers; null when the network has none.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>Addresses that other devices hold, by name; never given out.</summary>
    public IReadOnlyDictionary<string, IPAddress> AuxiliaryAddresses { get; init; } = new Dictionary<string, IPAddress>();

    /// <summary>Whether the subnet was chosen from the pools; such a network takes no given addresses (Docker's rule).</summary>
    public bool Automatic { get; init; }

    /// <summary>How many addresses are held: the gateway's, auxiliary ones, those of endpoints and reserved ones.</summary>
    [JsonIgnore]
    public int UsedAddresses { get; init; }

    /// <summary>How many addresses are left to be given automatically.</summary>
    [JsonIgnore]
    public BigInteger FreeAddresses { get; init; }

    /// <summary>The subnet, so that one in a string reads as one.</summary>
    public override string ToString() => $"{Subnet}";
}

/// <summary>How the addresses of a network are managed.</summary>
internal sealed record IpamRow
{
    /// <summary>Always <c>default</c>: the pools and subnets of this module.</summary>
    public string Driver { get; init; } = "default";

    /// <summary>Driver options; null on predefined networks, empty on others, as in Docker.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>The subnets, at most one of each address family.</summary>
    public IReadOnlyList<SubnetRow> Config { get; init; } = [];

    /// <summary>The subnets, so that it reads as something in a list.</summary>
    public override string ToString() => string.Join(", ", Config);
}
