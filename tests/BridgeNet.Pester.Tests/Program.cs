using BridgeNet.Pester.Tests;
using Microsoft.Testing.Platform.Builder;
using Microsoft.Testing.Platform.Capabilities.TestFramework;
using Microsoft.Testing.Platform.Services;

ITestApplicationBuilder builder = await TestApplication.CreateBuilderAsync(args);
builder.CommandLine.AddProvider(static () => new PesterOptions());
builder.RegisterTestFramework(
    static _ => new TestFrameworkCapabilities(),
    static (_, services) => new PesterFramework(services.GetCommandLineOptions())
);
using ITestApplication application = await builder.BuildAsync();
return await application.RunAsync();
