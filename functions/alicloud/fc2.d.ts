/** The package has no types. This is the part of it that Keyturn uses; read in version 2.6.6. */
declare module '@alicloud/fc2' {
  class Client {
    constructor(
      accountId: string,
      config: {
        accessKeyID: string;
        accessKeySecret: string;
        securityToken?: string;
        region: string;
        endpoint: string;
        secure: boolean;
        timeout: number;
      },
    );
    invokeFunction(
      serviceName: string,
      functionName: string,
      event: string,
      headers?: Record<string, string>,
      qualifier?: string,
    ): Promise<{ headers: Record<string, string>; data: unknown }>;
  }
  export = Client;
}
