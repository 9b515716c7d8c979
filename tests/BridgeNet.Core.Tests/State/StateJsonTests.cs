using BridgeNet.Model;
using BridgeNet.State;
using Xunit;

namespace BridgeNet.Core.Tests.State;

/// <summary>Whatever property is added to the model, its value is kept.</summary>
public sealed class StateJsonTests
{
    [Fact]
    public void Every_property_of_a_network_survives() => AssertSurvives<NetworkRow>();

    [Fact]
    public void Every_property_of_a_container_survives() => AssertSurvives<ContainerRow>();

    [Fact]
    public void Every_property_of_an_endpoint_survives() => AssertSurvives<EndpointRow>();

    [Fact]
    public void A_missing_value_stays_missing()
    {
        NetworkRow bare = new()
        {
            Name = "n",
            Id = new string('0', 64),
            Created = default,
        };
        Assert.Empty(Sample.Differences(bare, StateJson.Read<NetworkRow>(StateJson.Write(bare))));
        EndpointRow endpoint = new()
        {
            NetworkName = "",
            NetworkId = "",
            ContainerName = "",
            ContainerId = "",
            EndpointId = "",
            InterfaceName = "",
            HostInterface = "",
        };
        Assert.Empty(Sample.Differences(endpoint, StateJson.Read<EndpointRow>(StateJson.Write(endpoint))));
    }

    [Fact]
    public void Addresses_are_written_as_people_write_them()
    {
        string json = StateJson.Write(Sample.Of<EndpointRow>());
        Assert.Contains("\"02:42:0a:00:00:", json);
        Assert.Contains("\"10.1.2.", json);
        Assert.Contains("\"fd00::", json);
    }

    private static void AssertSurvives<T>()
        where T : class
    {
        T sample = Sample.Of<T>();
        // Else a property that was left at its default would prove nothing.
        Assert.All(
            Sample.Properties(typeof(T)),
            property =>
                Assert.NotEqual(
                    property.PropertyType.IsValueType ? Activator.CreateInstance(property.PropertyType) : null,
                    property.GetValue(sample)
                )
        );
        Assert.Empty(Sample.Differences(sample, StateJson.Read<T>(StateJson.Write(sample))));
    }
}
