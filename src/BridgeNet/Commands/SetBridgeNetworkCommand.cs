using System.Collections;
using System.Globalization;
using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;
using BridgeNet.Requests;

namespace BridgeNet.Commands;

/// <summary>Changes a network while it is in use: labels, and how its containers reach each other and the outside.</summary>
/// <remarks>
/// Rules change in one transaction, and connections that the new rules do not allow are cut. Subnets, gateways and the bridge's name are
/// fixed, because endpoints depend on them; a change of a fixed property is refused with the reason.
/// </remarks>
/// <example><code>Set-BridgeNetwork web -Label @{ env = 'prod' } -RemoveLabel draft</code>Changes labels.</example>
/// <example><code>Set-BridgeNetwork web -Internal $true</code>Blocks traffic between the network and the outside.</example>
/// <example><code>Get-BridgeNetwork lab* | Set-BridgeNetwork -InterContainer $false -Mtu 1400 -WhatIf</code>
/// Shows the steps without running them.</example>
[Cmdlet(VerbsCommon.Set, "BridgeNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(BridgeNetwork))]
public sealed class SetBridgeNetworkCommand : BridgeNetCmdlet
{
    /// <summary>
    /// Names with wildcards, ids, prefixes of ids, or networks. For rows of a table, the columns that are parameters are used too; for a
    /// network object, only its identity.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public PSObject[] Name { get; set; } = [];

    /// <summary>Labels to add or change, as @{ key = 'value' } or 'key=value'.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Labels")]
    [TextTable]
    public Hashtable? Label { get; set; }

    /// <summary>Keys of labels to remove.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextList]
    [ArgumentCompleter(typeof(LabelKeyCompleter))]
    public string[] RemoveLabel { get; set; } = [];

    /// <summary>Whether traffic between the network and the outside is blocked.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool))]
    [ArgumentCompleter(typeof(TruthCompleter))]
    public bool? Internal { get; set; }

    /// <summary>Whether containers of the network reach each other.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool))]
    [ArgumentCompleter(typeof(TruthCompleter))]
    public bool? InterContainer { get; set; }

    /// <summary>Whether containers may send only with their own addresses.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool))]
    [ArgumentCompleter(typeof(TruthCompleter))]
    public bool? AntiSpoof { get; set; }

    /// <summary>Whether outgoing packets are masqueraded: they get an address of the host.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool))]
    [ArgumentCompleter(typeof(TruthCompleter))]
    public bool? Masquerade { get; set; }

    /// <summary>The MTU in bytes, of the bridge and of all endpoints.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(int))]
    public int? Mtu { get; set; }

    /// <summary>How IPv4 is connected to the outside: Nat, NatUnprotected or Routed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(GatewayMode))]
    public GatewayMode? GatewayMode { get; set; }

    /// <summary>How IPv6 is connected to the outside.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(GatewayMode))]
    public GatewayMode? IPv6GatewayMode { get; set; }

    /// <summary>The host address that outgoing packets get, one for each address family.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextList]
    public string[] SnatAddress { get; set; } = [];

    /// <summary>Driver options by Docker's keys.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Options")]
    [TextTable]
    [ArgumentCompleter(typeof(OptionKeyCompleter))]
    public Hashtable? Option { get; set; }

    /// <summary>Write the changed network to the pipeline.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        ForEach(
            Name,
            given =>
            {
                Lookup.RefuseOther(given, Noun.Network);
                foreach (NetworkRow network in Lookup.Networks(given))
                    Try(network.Name, () => Change(network, given));
            }
        );

    private void Change(NetworkRow network, GivenObject given)
    {
        // The old property values of a network object are not part of the request.
        T? Wanted<T>(string parameter, T? value) => given.IsTyped && !IsTyped(parameter) ? default : value;
        NetworkSettings settings = new(network.Id)
        {
            Labels = Wanted(nameof(Label), Label).ToDictionary(),
            RemoveLabels = NonEmpty(RemoveLabel),
            Internal = Wanted(nameof(Internal), Internal),
            Options = new DriverOptions(Wanted(nameof(Option), Option))
                .With(NetworkOptions.EnableIcc, Text(Wanted(nameof(InterContainer), InterContainer)), "-InterContainer", network.Name)
                .With(NetworkOptions.AntiSpoof, Text(Wanted(nameof(AntiSpoof), AntiSpoof)), "-AntiSpoof", network.Name)
                .With(NetworkOptions.EnableMasquerade, Text(Wanted(nameof(Masquerade), Masquerade)), "-Masquerade", network.Name)
                .With(NetworkOptions.Mtu, Wanted(nameof(Mtu), Mtu)?.ToString(CultureInfo.InvariantCulture), "-Mtu", network.Name)
                .WithModes(Wanted(nameof(GatewayMode), GatewayMode), Wanted(nameof(IPv6GatewayMode), IPv6GatewayMode), network.Name)
                .WithSnat(NonEmpty(Wanted(nameof(SnatAddress), SnatAddress)), network.Name)
                .Checked(),
        };
        if (!Confirmed(network.Name, "Set-BridgeNetwork", () => Engine.DescribeSetNetwork(settings, Context)))
            return;
        Engine.SetNetwork(settings, Context);
        if (PassThru)
            WriteObject(Engine.FindNetwork(network.Id).ToObject());
    }

    private static string? Text(bool? value) =>
        value switch
        {
            true => "true",
            false => "false",
            null => null,
        };
}
