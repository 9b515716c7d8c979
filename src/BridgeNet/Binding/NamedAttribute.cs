using System.Management.Automation;

namespace BridgeNet.Binding;

/// <summary>Refuses what names nothing, such as a variable that is not set: it must not stand for all.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NamedAttribute : ValidateArgumentsAttribute
{
    /// <inheritdoc/>
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        PSObject?[] values = arguments as PSObject?[] ?? [arguments as PSObject];
        if (values.Length == 0 || values.Any(static value => value is null || value.BaseObject is "" || (value.BaseObject is System.Collections.ICollection { Count: 0 })))
            throw new ValidationMetadataException("The argument is null or empty; give a name, an id or an object.");
    }
}
