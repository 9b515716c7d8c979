using System.Net;
using System.Numerics;
using System.Text.Json.Serialization;

namespace BridgeNet.Model;

/// <summary>One subnet of a network, as <c>docker network inspect</c> shows it under <c>IPAM.Config</c>.</summary>
internal sealed record SubnetRow
{
    /// <summary>The subnet of the addresses.</summary>
    public required IPNetwork Subnet { get; init; }

    /// <summary>The part of the subnet for automatic addresses; null for all of it.</summary>
    public AddressRange? IPRange { get; init; }

    /// <summary>The address of the bridge, which is the default gateway of the containers; null without a gateway.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>Addresses of other devices, by name; they are never assigned.</summary>
    public IReadOnlyDictionary<string, IPAddress> AuxiliaryAddresses { get; init; } = new Dictionary<string, IPAddress>();

    /// <summary>Whether the subnet was chosen from the pools; such a network accepts no requested addresses (Docker's rule).</summary>
    public bool Automatic { get; init; }

    /// <summary>The number of used addresses: gateway, auxiliary addresses, endpoints and reservations.</summary>
    [JsonIgnore]
    public int UsedAddresses { get; init; }

    /// <summary>The number of addresses that can still be assigned automatically.</summary>
    [JsonIgnore]
    public BigInteger FreeAddresses { get; init; }

    /// <summary>The subnet, for use in a string.</summary>
    public override string ToString() => $"{Subnet}";
}

/// <summary>How the addresses of a network are managed.</summary>
internal sealed record IpamRow
{
    /// <summary>Always <c>default</c>: the pools and subnets of this module.</summary>
    public string Driver { get; init; } = "default";

    /// <summary>Driver options; null for predefined networks, empty for others, as in Docker.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>The subnets, at most one for each address family.</summary>
    public IReadOnlyList<SubnetRow> Config { get; init; } = [];

    /// <summary>The subnets, for use in a list.</summary>
    public override string ToString() => string.Join(", ", Config);
}
