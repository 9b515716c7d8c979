using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using BridgeNet.Model;

namespace BridgeNet.Services;

/// <summary>
/// Writes networks in the format of <c>docker network inspect</c> (Docker Engine 26.1): the same keys in the same order, indented by four
/// spaces.
/// </summary>
internal static class InspectJson
{
    private static readonly JsonWriterOptions s_options = new()
    {
        Indented = true,
        IndentSize = 4,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>One array with all networks.</summary>
    public static string Write(IEnumerable<NetworkRow> networks)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, s_options))
        {
            json.WriteStartArray();
            foreach (NetworkRow network in networks)
                Write(json, network);
            json.WriteEndArray();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, NetworkRow network)
    {
        json.WriteStartObject();
        json.WriteString("Name", network.Name);
        json.WriteString("Id", network.Id);
        // The format of Go's RFC3339Nano.
        json.WriteString("Created", network.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
        json.WriteString("Scope", network.Scope);
        json.WriteString("Driver", network.Driver);
        json.WriteBoolean("EnableIPv6", network.EnableIPv6);
        WriteIpam(json, network.IPAM);
        json.WriteBoolean("Internal", network.Internal);
        json.WriteBoolean("Attachable", network.Attachable);
        json.WriteBoolean("Ingress", network.Ingress);
        json.WriteStartObject("ConfigFrom");
        json.WriteString("Network", network.ConfigFrom);
        json.WriteEndObject();
        json.WriteBoolean("ConfigOnly", network.ConfigOnly);
        json.WriteStartObject("Containers");
        foreach (EndpointRow endpoint in network.Containers.OrderBy(static endpoint => endpoint.ContainerId, StringComparer.Ordinal))
        {
            json.WriteStartObject(endpoint.ContainerId);
            json.WriteString("Name", endpoint.ContainerName);
            json.WriteString("EndpointID", endpoint.EndpointId);
            json.WriteString("MacAddress", endpoint.MacAddress?.ToString() ?? "");
            json.WriteString("IPv4Address", WithPrefix(endpoint.IPAddress, endpoint.PrefixLength));
            json.WriteString("IPv6Address", WithPrefix(endpoint.IPv6Address, endpoint.IPv6PrefixLength));
            json.WriteEndObject();
        }
        json.WriteEndObject();
        WriteMap(json, "Options", network.Options);
        WriteMap(json, "Labels", network.Labels);
        json.WriteEndObject();
    }

    private static void WriteIpam(Utf8JsonWriter json, IpamRow ipam)
    {
        json.WriteStartObject("IPAM");
        json.WriteString("Driver", ipam.Driver);
        if (ipam.Options is null)
            json.WriteNull("Options");
        else
            WriteMap(json, "Options", ipam.Options);
        // Docker writes null for networks without IPAM configuration: 'host' and 'none'.
        if (ipam.Options is null && ipam.Config.Count == 0)
        {
            json.WriteNull("Config");
            json.WriteEndObject();
            return;
        }
        json.WriteStartArray("Config");
        foreach (SubnetRow config in ipam.Config)
        {
            json.WriteStartObject();
            json.WriteString("Subnet", config.Subnet.ToString());
            if (config.IPRange is { } range)
                json.WriteString("IPRange", range.ToString());
            if (config.Gateway is { } gateway)
                json.WriteString("Gateway", gateway.ToString());
            if (config.AuxiliaryAddresses.Count > 0)
                WriteMap(
                    json,
                    "AuxiliaryAddresses",
                    config.AuxiliaryAddresses.ToDictionary(static aux => aux.Key, static aux => aux.Value.ToString())
                );
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    // Go sorts the keys of a map.
    private static void WriteMap(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> map)
    {
        json.WriteStartObject(name);
        foreach ((string key, string value) in map.OrderBy(static entry => entry.Key, StringComparer.Ordinal))
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static string WithPrefix(IPAddress? address, int length) => address is null ? "" : $"{address}/{length}";
}
