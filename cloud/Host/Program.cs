using Presence.Cloud;

return await CloudProgram.RunAsync(args);
